// SPDX-License-Identifier: Apache-2.0
// Requantisers: a wide number to a code of OUT bits.

// W bits shifted right by 0 .. 2^S-1, towards minus infinity, two select bits a level.
module shifter #(parameter W = 32, parameter S = 3) (
  input logic clk, input logic signed [W-1:0] x, input logic [S-1:0] shift, output logic signed [W-1:0] y);
  logic signed [W-1:0] shifted;
  shift_right #(.W(W), .S(S)) levels (.x(x), .shift(shift), .y(shifted));
  always_ff @(posedge clk) y <= shifted;
endmodule

module shift_right #(parameter W = 32, parameter S = 3, parameter STEP = 1) (
  input logic signed [W-1:0] x, input logic [S-1:0] shift, output logic signed [W-1:0] y);
  generate
    if (S <= 2) begin : last
      assign y = x >>> (shift * STEP);
    end else begin : level
      logic signed [W-1:0] here;
      shift_level #(.W(W), .STEP(STEP)) low (.x(x), .shift(shift[1:0]), .y(here));
      shift_right #(.W(W), .S(S-2), .STEP(4*STEP)) rest (.x(here), .shift(shift[S-1:2]), .y(y));
    end
  endgenerate
endmodule

(* keep_hierarchy *)
module shift_level #(parameter W = 32, parameter STEP = 1) (
  input logic signed [W-1:0] x, input logic [1:0] shift, output logic signed [W-1:0] y);
  assign y = x >>> (shift * STEP);
endmodule

// Power-of-two scale: shift, nearest with ties up, saturation (integer::shift_round and saturate; a shift of 0 passes).
module requantise_shift #(parameter W = 32, parameter S = 4, parameter OUT = 8) (
  input logic clk, input logic signed [W-1:0] x, input logic [S-1:0] shift, output logic signed [OUT-1:0] q);
  // One bit below the binary point is kept through the shift and added as the rounding.
  logic signed [W:0] kept;
  shifter #(.W(W+1), .S(S)) right (.clk(clk), .x({x, 1'b0}), .shift(shift), .y(kept));
  saturate #(.W(W+1), .OUT(OUT)) last (.clk(clk), .x({kept[W], kept[W:1]}), .carry(kept[0]), .q(q));
endmodule

// Any scale: a product with SCALE bits, a fixed shift, nearest with ties up, saturation (Multiplier, saturate).
module requantise_multiply #(parameter W = 32, parameter SCALE = 16, parameter SHIFT = 16, parameter OUT = 8) (
  input logic clk, input logic signed [W-1:0] x, input logic signed [SCALE-1:0] scale,
  output logic signed [OUT-1:0] q);
  localparam P = W + SCALE;
  logic signed [P-1:0] product;
  always_ff @(posedge clk) product <= x * scale;
  saturate #(.W(P-SHIFT+1), .OUT(OUT)) last (.clk(clk), .x({product[P-1], product[P-1:SHIFT]}), .carry(product[SHIFT-1]), .q(q));
endmodule

// The same product in LUTs.
module requantise_multiply_lut #(parameter W = 32, parameter SCALE = 16, parameter SHIFT = 16, parameter OUT = 8) (
  input logic clk, input logic signed [W-1:0] x, input logic signed [SCALE-1:0] scale,
  output logic signed [OUT-1:0] q);
  localparam P = W + SCALE;
  logic signed [P-1:0] product;
  multiply_lut #(.A(W), .B(SCALE)) times (.clk(clk), .a(x), .b(scale), .p(product));
  saturate #(.W(P-SHIFT+1), .OUT(OUT)) last (.clk(clk), .x({product[P-1], product[P-1:SHIFT]}), .carry(product[SHIFT-1]), .q(q));
endmodule

// x + carry, clamped to OUT bits.
module saturate #(parameter W = 33, parameter OUT = 8) (
  input logic clk, input logic signed [W-1:0] x, input logic carry, output logic signed [OUT-1:0] q);
  logic fits, low_only;
  // What fits before the rounding fits after it, but for the largest code.
  assign fits = x[W-1:OUT-1] == {(W-OUT+1){x[W-1]}};
  assign low_only = x[OUT-1:0] == {1'b0, {(OUT-1){1'b1}}};
  // -2^(OUT-1) - 1/2 rounds up into the range.
  logic just_below;
  assign just_below = x[W-1] && x[W-1:OUT] == {(W-OUT){1'b1}} && x[OUT-1:0] == {1'b0, {(OUT-1){1'b1}}};
  logic signed [OUT-1:0] rounded;
  assign rounded = x[OUT-1:0] + {{(OUT-1){1'b0}}, carry};
  always_ff @(posedge clk)
    if (just_below && carry) q <= {1'b1, {(OUT-1){1'b0}}};
    else if (!fits) q <= {x[W-1], {(OUT-1){!x[W-1]}}};
    else if (low_only && carry) q <= {1'b0, {(OUT-1){1'b1}}};
    else q <= rounded;
endmodule
