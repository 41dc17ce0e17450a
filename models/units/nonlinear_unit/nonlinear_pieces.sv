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
  logic negative;
  logic [W-1:0] magnitude;
  assign negative = !SOFTPLUS || x[W-1];
  always_ff @(posedge clk) magnitude <= (x ^ {W{negative}}) + {{(W-1){1'b0}}, negative};
  logic [W+1:0] three;  // 23/16 |x| in two adders: 2 + 1, times 8, less 1
  logic [W+4:0] minus_y;
  chain #(.W(W+2)) sum ({2'b0, magnitude}, {1'b0, magnitude, 1'b0}, three);
  always_ff @(posedge clk) minus_y <= {three, 3'b0} - magnitude;
  logic [K-1:0] piece;
  assign piece = minus_y[F-1 -: K];
  logic [16:0] slope, offset, offset_later;
  always_ff @(posedge clk) begin
    slope <= SLOPES[17*piece +: 17];
    offset <= OFFSETS[17*piece +: 17];
    offset_later <= offset;
  end
  // Its integer part as a shift of up to R bits, or beyond: three beats later.
  localparam R = FRACTION + 2;  // bits of e^-|x|
  localparam S = $clog2(R + 1);
  logic [W+4-F:0] whole;
  logic [S:0] by;
  assign whole = minus_y[W+4:F];
  delay_line #(.DEPTH(3), .W(S+1)) shift_later (.clk(clk), .x({|whole[W+4-F:S], whole[S-1:0]}), .y(by));
  logic [F-1:0] fraction;
  logic [F+16:0] product;
  logic [16:0] power;
  always_ff @(posedge clk) begin
    fraction <= minus_y[F-1:0];
    product <= slope * fraction;
    power <= offset_later - product[F+16:F];
  end
  logic [R-1:0] exponential;
  logic [R:0] shifted;
  shift_right #(.W(R+1), .S(S)) right (.x({1'b0, power[16 -: R]}), .shift(by[S-1:0]), .y(shifted));
  always_ff @(posedge clk) exponential <= by[S] ? {R{1'b0}} : shifted[R-1:0];
  generate
    if (SOFTPLUS) begin : softplus
      logic [W-1:0] last;
      delay_line #(.DEPTH(6), .W(W)) of_x (.clk(clk), .x(x), .y(last));
      always_ff @(posedge clk) y <= exponential + (last[W-1] ? {W{1'b0}} : last);
    end else begin : only_exponential
      always_ff @(posedge clk) y <= exponential;
    end
  endgenerate
endmodule
