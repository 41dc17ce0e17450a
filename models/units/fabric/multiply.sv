// SPDX-License-Identifier: Apache-2.0
// Signed products in LUTs.

// a x b in LUTs, B <= A: two rows of partial products share a carry chain, then a tree of adders; the product is registered.
module multiply_lut #(parameter A = 8, parameter B = 8) (
  input logic clk, input logic signed [A-1:0] a, input logic signed [B-1:0] b,
  output logic signed [A+B-1:0] p);
  localparam R = (B + 1) / 2;  // pairs of rows; an odd B is extended by its sign
  logic signed [2*R-1:0] bx;
  assign bx = b;
  logic signed [A+B-1:0] total;
  multiply_rows #(.A(A), .R(R), .W(A+B)) rows (.a(a), .b(bx), .p(total));
  always_ff @(posedge clk) p <= total;
endmodule

// The sum over R pairs of rows of a, by halves; TOP: the highest row is the sign of b and is subtracted.
module multiply_rows #(parameter A = 8, parameter R = 4, parameter W = 16, parameter TOP = 1) (
  input logic signed [A-1:0] a, input logic signed [2*R-1:0] b, output logic signed [W-1:0] p);
  generate
    if (R == 1) begin : pair
      logic signed [A+1:0] sum;
      multiply_pair #(.A(A), .TOP(TOP)) rows (.a(a), .b(b), .sum(sum));
      assign p = sum;
    end else begin : halves
      localparam L = R / 2;  // pairs below
      localparam WL = A + 2 * L;
      localparam WH = A + 2 * (R - L);
      logic signed [WL-1:0] low;
      logic signed [WH-1:0] high;
      multiply_rows #(.A(A), .R(L), .W(WL), .TOP(0)) lower (.a(a), .b(b[2*L-1:0]), .p(low));
      multiply_rows #(.A(A), .R(R-L), .W(WH), .TOP(TOP)) upper (.a(a), .b(b[2*R-1:2*L]), .p(high));
      logic signed [WH-1:0] top;
      chain #(.W(WH)) sum ({{(WH-A){low[WL-1]}}, low[WL-1:2*L]}, high, top);
      assign p = {top, low[2*L-1:0]};
    end
  endgenerate
endmodule

// a (b0 + 2 b1), or a (b0 - 2 b1), in one carry chain. Chains are kept apart, as a vendor's tool does; yosys would
// merge them into compressors.
(* keep_hierarchy *)
module multiply_pair #(parameter A = 8, parameter TOP = 0) (
  input logic signed [A-1:0] a, input logic [1:0] b, output logic signed [A+1:0] sum);
  logic signed [A+1:0] low, high;
  assign low = b[0] ? {{2{a[A-1]}}, a} : {(A+2){1'b0}};
  assign high = b[1] ? {a[A-1], a, 1'b0} : {(A+2){1'b0}};
  assign sum = TOP ? low - high : low + high;
endmodule

(* keep_hierarchy *)
module chain #(parameter W = 16) (input logic [W-1:0] x, input logic [W-1:0] y, output logic [W-1:0] sum);
  assign sum = x + y;
endmodule
