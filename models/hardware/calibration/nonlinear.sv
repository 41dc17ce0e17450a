// SPDX-License-Identifier: Apache-2.0
// FastMamba's nonlinear unit as PieceUnit computes it: e^x = 2^(x log2 e), log2 e ~ (1.0111)_2 = 23/16; straight pieces for the
// fraction, a right shift for the integer part; softplus(x) = e^x for x <= 0, x + e^-x above. Input and output have FRACTION
// fraction bits, slopes and offsets 15. Tables are parameters: SEGMENTS values of 17 bits, the first piece lowest.
module nonlinear_pieces #(parameter W = 16, parameter FRACTION = 11, parameter SEGMENTS = 8,
                          parameter [17*SEGMENTS-1:0] SLOPES = 0, parameter [17*SEGMENTS-1:0] OFFSETS = 0,
                          parameter SOFTPLUS = 1) (
  input logic clk, input logic signed [W-1:0] x, output logic signed [W:0] y);
  localparam F = FRACTION + 4;
  localparam K = $clog2(SEGMENTS);
  logic [W-1:0] magnitude;
  always_ff @(posedge clk) magnitude <= SOFTPLUS && !x[W-1] ? x : -x;
  logic [W+4:0] minus_y;  // 23/16 |x|: 16 + 8 - 1
  always_ff @(posedge clk) minus_y <= {magnitude, 4'b0} + {magnitude, 3'b0} - magnitude;
  logic [K-1:0] piece;
  assign piece = minus_y[F-1 -: K];
  logic [16:0] slope, offset, offset_later;
  always_ff @(posedge clk) begin
    slope <= SLOPES[17*piece +: 17];
    offset <= OFFSETS[17*piece +: 17];
    offset_later <= offset;
  end
  logic [F-1:0] fraction;
  logic [W+4-F:0] whole, whole_later, whole_last;
  logic [F+16:0] product;
  logic [16:0] power;
  always_ff @(posedge clk) begin
    fraction <= minus_y[F-1:0];
    whole <= minus_y[W+4:F];
    whole_later <= whole;
    whole_last <= whole_later;
    product <= slope * fraction;
    power <= offset_later - product[F+16:F];
  end
  logic [16:0] exponential;
  always_ff @(posedge clk) exponential <= (power >> (15 - FRACTION)) >> whole_last;
  generate
    if (SOFTPLUS) begin : softplus
      logic [W-1:0] line [0:4];
      logic [4:0] positive;
      integer i;
      always_ff @(posedge clk) begin
        line[0] <= x;
        positive <= {positive[3:0], !x[W-1] && x != 0};
        for (i = 1; i < 5; i = i + 1) line[i] <= line[i-1];
      end
      logic [W-1:0] last;
      logic last_positive;
      always_ff @(posedge clk) begin
        last <= line[4];
        last_positive <= positive[4];
      end
      always_ff @(posedge clk) y <= exponential + (last_positive ? last : {W{1'b0}});
    end else begin : only_exponential
      always_ff @(posedge clk) y <= exponential;
    end
  endgenerate
endmodule
