// SPDX-License-Identifier: Apache-2.0
// One of each block of models/units/*/*.sv, for rtl_test.cpp.
module blocks #(parameter [135:0] SLOPES = 0, parameter [135:0] OFFSETS = 0) (
  input logic clk,
  input logic signed [7:0] mul_a, input logic signed [5:0] mul_b, output logic signed [13:0] mul_p,
  input logic signed [10:0] odd_a, input logic signed [6:0] odd_b, output logic signed [17:0] odd_p,
  input logic signed [3:0] pack_a0, input logic signed [3:0] pack_a1, input logic signed [3:0] pack_b,
  output logic signed [7:0] pack_p0, output logic signed [7:0] pack_p1,
  input logic signed [7:0] full_a0, input logic signed [7:0] full_a1, input logic signed [7:0] full_b,
  output logic signed [15:0] full_p0, output logic signed [15:0] full_p1,
  input logic signed [31:0] wide_a, input logic signed [31:0] wide_b,
  output logic signed [63:0] wide_square, output logic signed [54:0] wide_two, output logic signed [54:0] wide_swapped,
  output logic signed [48:0] wide_three, output logic signed [52:0] wide_7series,
  input logic [59:0] tree_x, output logic signed [8:0] tree_sum,
  input logic signed [23:0] shift_x, input logic [3:0] shift_by, output logic signed [7:0] shift_q,
  input logic signed [23:0] scale_x, input logic signed [15:0] scale_by, output logic signed [7:0] scale_q,
  output logic signed [7:0] scale_lut_q,
  input logic fht_first_in, input logic signed [7:0] fht_x, output logic fht_first_out, output logic signed [13:0] fht_y,
  input logic matrix_clear, input logic [9:0] matrix_minus, input logic [59:0] matrix_x, output logic signed [15:0] matrix_sum,
  input logic signed [15:0] piece_x, output logic signed [16:0] piece_y,
  input logic signed [27:0] state_a, input logic signed [31:0] state_h, input logic signed [15:0] state_b,
  input logic signed [29:0] state_x, input logic signed [22:0] state_c,
  output logic signed [31:0] state_next, output logic signed [54:0] state_y);

  multiply_lut #(.A(8), .B(6)) mul (.clk(clk), .a(mul_a), .b(mul_b), .p(mul_p));
  multiply_lut #(.A(11), .B(7)) odd (.clk(clk), .a(odd_a), .b(odd_b), .p(odd_p));
  multiply_packed #(.B(4)) pack (.clk(clk), .a0(pack_a0), .a1(pack_a1), .b(pack_b), .p0(pack_p0), .p1(pack_p1));
  multiply_packed #(.B(8)) full (.clk(clk), .a0(full_a0), .a1(full_a1), .b(full_b), .p0(full_p0), .p1(full_p1));
  // Four slices; two, either operand in parts; a chain of three; four for narrower ports.
  multiply_dsp #(.A(32), .B(32)) square (.clk(clk), .a(wide_a), .b(wide_b), .p(wide_square));
  multiply_dsp #(.A(23), .B(32)) two (.clk(clk), .a(wide_a[22:0]), .b(wide_b), .p(wide_two));
  multiply_dsp #(.A(32), .B(23)) swapped (.clk(clk), .a(wide_a), .b(wide_b[22:0]), .p(wide_swapped));
  multiply_dsp #(.A(9), .B(40)) three (.clk(clk), .a(wide_a[8:0]), .b({wide_a[31:24], wide_b}), .p(wide_three));
  multiply_dsp #(.A(26), .B(27), .WIDE(25)) four (.clk(clk), .a(wide_a[25:0]), .b(wide_b[26:0]), .p(wide_7series));
  adder_tree #(.N(12), .W(5)) tree (.clk(clk), .x(tree_x), .sum(tree_sum));
  requantise_shift #(.W(24), .S(4), .OUT(8)) shifted (.clk(clk), .x(shift_x), .shift(shift_by), .q(shift_q));
  requantise_multiply #(.W(24), .SCALE(16), .SHIFT(16), .OUT(8)) scaled (.clk(clk), .x(scale_x), .scale(scale_by), .q(scale_q));
  requantise_multiply_lut #(.W(24), .SCALE(16), .SHIFT(16), .OUT(8)) in_luts (.clk(clk), .x(scale_x), .scale(scale_by), .q(scale_lut_q));
  hadamard_fht #(.POINTS(64), .W(8)) fht (.clk(clk), .first_in(fht_first_in), .x(fht_x), .first_out(fht_first_out), .y(fht_y));
  hadamard_matrix #(.ADDERS(10), .W(6), .SUM(16)) matrix (
    .clk(clk), .clear(matrix_clear), .minus(matrix_minus), .x(matrix_x), .sum(matrix_sum));
  nonlinear_pieces #(.W(16), .FRACTION(11), .SEGMENTS(8), .SLOPES(SLOPES), .OFFSETS(OFFSETS), .SOFTPLUS(1)) pieces (
    .clk(clk), .x(piece_x), .y(piece_y));
  state_lane lane (.clk(clk), .a(state_a), .h(state_h), .b(state_b), .x(state_x), .c(state_c), .next(state_next), .y(state_y));
endmodule
