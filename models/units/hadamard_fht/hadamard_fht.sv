// SPDX-License-Identifier: Apache-2.0
// A streaming fast Walsh-Hadamard transform, one element a beat: log2(POINTS) butterflies, each one adder or subtracter and two
// delay lines of POINTS/2, POINTS/4 ... 1 elements (LightMamba III-C). `first` marks a block's first element, in and out.
module hadamard_fht #(parameter POINTS = 64, parameter W = 16) (
  input logic clk, input logic first_in, input logic signed [W-1:0] x,
  output logic first_out, output logic signed [W+$clog2(POINTS)-1:0] y);
  generate
    if (POINTS == 1) begin : done
      assign first_out = first_in;
      assign y = x;
    end else begin : stage
      localparam SPAN = POINTS / 2;
      logic first_here;
      logic signed [W:0] here;
      hadamard_stage #(.SPAN(SPAN), .W(W)) butterfly (.clk(clk), .first_in(first_in), .x(x), .first_out(first_here), .y(here));
      // The block's halves are two blocks of half as many points; only the first of the whole block is marked.
      hadamard_fht #(.POINTS(SPAN), .W(W+1)) rest (.clk(clk), .first_in(first_here), .x(here), .first_out(first_out), .y(y));
    end
  endgenerate
endmodule

// Elements a_0 .. a_{SPAN-1}, b_0 .. b_{SPAN-1} become a_i + b_i, then a_i - b_i, SPAN + 1 beats later.
module hadamard_stage #(parameter SPAN = 32, parameter W = 16) (
  input logic clk, input logic first_in, input logic signed [W-1:0] x,
  output logic first_out, output logic signed [W:0] y);
  localparam C = SPAN > 1 ? $clog2(SPAN) : 1;
  logic [C:0] count;  // position in the pair of halves; 2 SPAN is a power of two
  logic [C:0] at;
  assign at = first_in ? {(C+1){1'b0}} : count;
  always_ff @(posedge clk) count <= at + 1'b1;
  logic second;  // the half of b
  assign second = SPAN > 1 ? at[C] : at[0];
  logic signed [W-1:0] a, b;
  delay_line #(.DEPTH(SPAN), .W(W)) of_a (.clk(clk), .x(second ? a : x), .y(a));  // a_i goes round once more for the difference
  delay_line #(.DEPTH(SPAN), .W(W)) of_b (.clk(clk), .x(x), .y(b));
  logic signed [W-1:0] other;
  assign other = second ? x : ~b;
  always_ff @(posedge clk) y <= a + other + $signed({1'b0, !second});
  logic starts;  // a block's first output is a_0 + b_0
  logic pending;
  assign starts = second && (SPAN > 1 ? at[C-1:0] == {C{1'b0}} : 1'b1) && pending;
  always_ff @(posedge clk) begin
    pending <= first_in || (pending && !starts);
    first_out <= starts;
  end
endmodule
