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
module requantise_multiply #(parameter W = 32, parameter SCALE = 16, parameter SHIFT = 16, parameter OUT = 8,
                             parameter WIDE = 27, parameter NARROW = 18) (
  input logic clk, input logic signed [W-1:0] x, input logic signed [SCALE-1:0] scale,
  output logic signed [OUT-1:0] q);
  localparam P = W + SCALE;
  logic signed [P-1:0] product;
  multiply_dsp #(.A(W), .B(SCALE), .WIDE(WIDE), .NARROW(NARROW)) times (.clk(clk), .a(x), .b(scale), .p(product));
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

// x + carry, clamped to OUT bits. Only the lower bits are incremented; what fits before fits after, but for the largest code,
// whose increment shows by its sign. -2^(OUT-1) - 1/2 rounds up to the smallest code, where it is clamped to anyway.
module saturate #(parameter W = 33, parameter OUT = 8) (
  input logic clk, input logic signed [W-1:0] x, input logic carry, output logic signed [OUT-1:0] q);
  logic sign, fits;
  assign sign = x[W-1];
  agree #(.N(W-OUT)) above (.sign(sign), .x(x[W-2:OUT-1]), .all_same(fits));
  logic [OUT-1:0] rounded;
  increment #(.W(OUT)) low (.x(x[OUT-1:0]), .carry(carry), .y(rounded));
  logic over;
  assign over = !sign && rounded[OUT-1];
  always_ff @(posedge clk) begin
    q[OUT-1] <= sign && (!fits || rounded[OUT-1]);
    q[OUT-2:0] <= fits ? rounded[OUT-2:0] | {(OUT-1){over}} : {(OUT-1){!sign}};
  end
endmodule

// Whether N bits are a sign's copies: five of them and the sign a LUT, then one that joins six.
module agree #(parameter N = 8) (input logic sign, input logic [N-1:0] x, output logic all_same);
  localparam G = (N + 4) / 5;
  logic [G-1:0] group;
  genvar i;
  generate
    for (i = 0; i < G; i = i + 1) begin : five
      localparam M = N - 5 * i < 5 ? N - 5 * i : 5;
      same_sign #(.N(M)) bits (.sign(sign), .x(x[5*i +: M]), .same(group[i]));
    end
    if (G == 1) begin : one
      assign all_same = group;
    end else begin : joined
      all_ones #(.N(G)) join_ (.x(group), .all(all_same));
    end
  endgenerate
endmodule

// Kept apart: one LUT for all who ask, where an optimiser for speed would copy it into each of them.
(* keep_hierarchy *)
module same_sign #(parameter N = 5) (input logic sign, input logic [N-1:0] x, output logic same);
  assign same = x == {N{sign}};
endmodule

(* keep_hierarchy *)
module all_ones #(parameter N = 6) (input logic [N-1:0] x, output logic all);
  assign all = &x;
endmodule

// A carry chain kept apart from the logic behind it, as a vendor's tool does.
(* keep_hierarchy *)
module increment #(parameter W = 8) (input logic [W-1:0] x, input logic carry, output logic [W-1:0] y);
  assign y = x + {{(W-1){1'b0}}, carry};
endmodule
