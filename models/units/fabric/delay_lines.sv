// SPDX-License-Identifier: Apache-2.0
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
