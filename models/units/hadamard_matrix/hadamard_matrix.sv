// SPDX-License-Identifier: Apache-2.0
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
