// SPDX-License-Identifier: Apache-2.0
#include "tests/functional/functional_case.h"
