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

// DEPTH beats: shift registers, which have no reset, and a flip-flop behind them for speed; three or less are flip-flops.
module delay_line #(parameter DEPTH = 16, parameter W = 16) (
  input logic clk, input logic signed [W-1:0] x, output logic signed [W-1:0] y);
  generate
    if (DEPTH <= 3) begin : flip_flops
      logic [DEPTH*W+W-1:0] v;
      assign v[W-1:0] = x;
      genvar i;
      for (i = 0; i < DEPTH; i = i + 1) begin : beat
        kept_register #(.W(W)) r (.clk(clk), .x(v[i*W +: W]), .y(v[(i+1)*W +: W]));
      end
      assign y = v[DEPTH*W +: W];
    end else begin : several
      logic [W-1:0] line [0:DEPTH-2];
      integer i;
      always_ff @(posedge clk) begin
        line[0] <= x;
        for (i = 1; i < DEPTH - 1; i = i + 1) line[i] <= line[i-1];
      end
      kept_register #(.W(W)) last (.clk(clk), .x(line[DEPTH-2]), .y(y));
    end
  endgenerate
endmodule

// Flip-flops that no shift register takes in: the vendor's shreg_extract = "no".
(* keep_hierarchy *)
module kept_register #(parameter W = 16) (
  input logic clk, input logic signed [W-1:0] x, output logic signed [W-1:0] y);
  (* shreg_extract = "no" *) logic signed [W-1:0] r;
  always_ff @(posedge clk) r <= x;
  assign y = r;
endmodule

// A Hadamard transform by matrix: one result, ADDERS inputs a beat with the signs of a generated row, accumulated. Signs are
// free: a node adds or subtracts, and hands the sign of its first operand on.
module hadamard_matrix #(parameter ADDERS = 8, parameter W = 16, parameter SUM = 24) (
  input logic clk, input logic clear, input logic [ADDERS-1:0] minus, input logic [ADDERS*W-1:0] x,
  output logic signed [SUM-1:0] sum);
  logic signed [W+$clog2(ADDERS)-1:0] part;
  logic negative;
  signed_tree #(.N(ADDERS), .W(W)) tree (.clk(clk), .minus(minus), .x(x), .sum(part), .negative(negative));
  logic signed [SUM-1:0] wide;
  assign wide = part;
  always_ff @(posedge clk)
    sum <= (clear ? {SUM{1'b0}} : sum) + (wide ^ {SUM{negative}}) + {{(SUM-1){1'b0}}, negative};
endmodule

module signed_tree #(parameter N = 8, parameter W = 16) (
  input logic clk, input logic [N-1:0] minus, input logic [N*W-1:0] x,
  output logic signed [W+$clog2(N)-1:0] sum, output logic negative);
  generate
    if (N == 1) begin : leaf
      assign sum = x;
      assign negative = minus[0];
    end else begin : level
      localparam H = (N + 1) / 2;
      logic [H*(W+1)-1:0] y;
      logic [H-1:0] sign;
      genvar i;
      for (i = 0; i < N / 2; i = i + 1) begin : pair
        logic signed [W:0] low, high, s;
        logic differ;
        assign low = $signed(x[2*i*W +: W]);
        assign high = $signed(x[(2*i+1)*W +: W]);
        assign differ = minus[2*i] ^ minus[2*i+1];
        always_ff @(posedge clk) begin
          s <= low + (high ^ {(W+1){differ}}) + {{W{1'b0}}, differ};
          sign[i] <= minus[2*i];
        end
        assign y[i*(W+1) +: W+1] = s;
      end
      if (N % 2 == 1) begin : left_over  // in step with the level
        logic signed [W:0] s;
        always_ff @(posedge clk) begin
          s <= {x[N*W-1], x[(N-1)*W +: W]};
          sign[H-1] <= minus[N-1];
        end
        assign y[(H-1)*(W+1) +: W+1] = s;
      end
      signed_tree #(.N(H), .W(W+1)) above (.clk(clk), .minus(sign), .x(y), .sum(sum), .negative(negative));
    end
  endgenerate
endmodule
