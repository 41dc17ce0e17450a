// SPDX-License-Identifier: Apache-2.0
// One lane of the state's recurrence in fixed point: h' = saturate((a h >> SA) + (b x >> SB), H bits), y = h' c.
// Products in DSP slices.
module state_lane #(parameter H = 32, parameter A = 28, parameter B = 16, parameter X = 30, parameter C = 23,
                    parameter SA = 27, parameter SB = 20, parameter WIDE = 27, parameter NARROW = 18) (
  input logic clk, input logic signed [A-1:0] a, input logic signed [H-1:0] h, input logic signed [B-1:0] b,
  input logic signed [X-1:0] x, input logic signed [C-1:0] c,
  output logic signed [H-1:0] next, output logic signed [H+C-1:0] y);
  localparam P = (A + H > B + X ? A + H : B + X) + 1;
  logic signed [A+H-1:0] decayed;
  logic signed [B+X-1:0] entering;
  multiply_dsp #(.A(A), .B(H), .WIDE(WIDE), .NARROW(NARROW)) decay (.clk(clk), .a(a), .b(h), .p(decayed));
  multiply_dsp #(.A(B), .B(X), .WIDE(WIDE), .NARROW(NARROW)) entry (.clk(clk), .a(b), .b(x), .p(entering));
  multiply_dsp #(.A(H), .B(C), .WIDE(WIDE), .NARROW(NARROW)) output_ (.clk(clk), .a(next), .b(c2), .p(y));
  logic signed [C-1:0] c1, c2;
  logic signed [P-1:0] sum;
  assign sum = (decayed >>> SA) + (entering >>> SB);
  always_ff @(posedge clk) begin
    if (sum[P-1:H-1] == {(P-H+1){sum[P-1]}}) next <= sum[H-1:0];
    else next <= {sum[P-1], {(H-1){!sum[P-1]}}};
    c1 <= c;
    c2 <= c1;
  end
endmodule
