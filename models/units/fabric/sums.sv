// SPDX-License-Identifier: Apache-2.0
// Sums; one register behind every adder.

// N values of W bits in ceil(log2 N) levels, a bit wider at each.
module adder_tree #(parameter N = 8, parameter W = 16) (
  input logic clk, input logic [N*W-1:0] x, output logic signed [W+$clog2(N)-1:0] sum);
  generate
    if (N == 1) begin : leaf
      assign sum = x;
    end else begin : level
      localparam H = (N + 1) / 2;
      logic [H*(W+1)-1:0] y;
      genvar i;
      for (i = 0; i < N / 2; i = i + 1) begin : pair
        logic signed [W-1:0] low, high;
        logic signed [W:0] s;
        assign low = x[2*i*W +: W];
        assign high = x[(2*i+1)*W +: W];
        always_ff @(posedge clk) s <= low + high;
        assign y[i*(W+1) +: W+1] = s;
      end
      if (N % 2 == 1) begin : left_over  // in step with the level
        logic signed [W:0] s;
        always_ff @(posedge clk) s <= {x[N*W-1], x[(N-1)*W +: W]};
        assign y[(H-1)*(W+1) +: W+1] = s;
      end
      adder_tree #(.N(H), .W(W+1)) above (.clk(clk), .x(y), .sum(sum));
    end
  endgenerate
endmodule

// sum <= clear ? x : sum + x
module accumulator #(parameter W = 32, parameter IN = 16) (
  input logic clk, input logic clear, input logic signed [IN-1:0] x, output logic signed [W-1:0] sum);
  always_ff @(posedge clk) sum <= (clear ? {W{1'b0}} : sum) + {{(W-IN){x[IN-1]}}, x};
endmodule
