// SPDX-License-Identifier: Apache-2.0
"use strict";
ssm.pages[ssm.data.kind](ssm.data);
document.documentElement.dataset.ready = "yes";
