// SPDX-License-Identifier: Apache-2.0
// Memories: tables, dual-port memories, FIFOs. STYLE is "block", "distributed" or "ultra".

module memory_block #(parameter DEPTH = 512, parameter W = 36) (
  input logic clk, input logic write, input logic [$clog2(DEPTH)-1:0] to, input logic [W-1:0] x,
  input logic read, input logic [$clog2(DEPTH)-1:0] from, output logic [W-1:0] y);
  (* ram_style = "block" *) logic [W-1:0] memory [0:DEPTH-1];
  always_ff @(posedge clk) begin
    if (write) memory[to] <= x;
    if (read) y <= memory[from];
  end
endmodule

module memory_lut #(parameter DEPTH = 32, parameter W = 36) (
  input logic clk, input logic write, input logic [$clog2(DEPTH)-1:0] to, input logic [W-1:0] x,
  input logic [$clog2(DEPTH)-1:0] from, output logic [W-1:0] y);
  (* ram_style = "distributed" *) logic [W-1:0] memory [0:DEPTH-1];
  always_ff @(posedge clk) if (write) memory[to] <= x;
  always_ff @(posedge clk) y <= memory[from];
endmodule

module memory_ultra #(parameter DEPTH = 4096, parameter W = 72) (
  input logic clk, input logic write, input logic [$clog2(DEPTH)-1:0] to, input logic [W-1:0] x,
  input logic read, input logic [$clog2(DEPTH)-1:0] from, output logic [W-1:0] y);
  (* ram_style = "ultra" *) logic [W-1:0] memory [0:DEPTH-1];
  always_ff @(posedge clk) begin
    if (write) memory[to] <= x;
    if (read) y <= memory[from];
  end
endmodule

// A read-only table of pseudo-random words in LUTs, so that no logic minimiser can shorten it.
module table_rom #(parameter DEPTH = 64, parameter W = 8) (
  input logic clk, input logic [$clog2(DEPTH)-1:0] from, output logic [W-1:0] y);
  function automatic [DEPTH*W-1:0] noise(input integer unused);
    logic [63:0] state;
    integer i;
    begin
      state = 64'h9E3779B97F4A7C15;
      for (i = 0; i < DEPTH; i = i + 1) begin
        state = state ^ (state << 13);
        state = state ^ (state >> 7);
        state = state ^ (state << 17);
        noise[i*W +: W] = state[W+7:8];
      end
    end
  endfunction
  localparam [DEPTH*W-1:0] ENTRIES = noise(0);
  always_ff @(posedge clk) y <= ENTRIES[W*from +: W];
endmodule

// A FIFO in shift registers, valid and ready at both ends; DEPTH is a power of two.
module fifo #(parameter DEPTH = 16, parameter W = 32) (
  input logic clk, input logic reset, input logic put, output logic full, input logic [W-1:0] x,
  input logic take, output logic empty, output logic [W-1:0] y);
  localparam C = $clog2(DEPTH);
  logic [C:0] count;  // words inside
  logic writes, reads;
  assign full = count[C];
  assign empty = count == {(C+1){1'b0}};
  assign writes = put && !full;
  assign reads = take && !empty;
  logic [C-1:0] oldest;
  always_ff @(posedge clk) begin
    if (reset) begin
      count <= {(C+1){1'b0}};
      oldest <= {C{1'b1}};
    end else if (writes != reads) begin
      count <= writes ? count + 1'b1 : count - 1'b1;
      oldest <= writes ? oldest + 1'b1 : oldest - 1'b1;
    end
  end
  genvar i;
  generate
    for (i = 0; i < W; i = i + 1) begin : bit_line
      logic [DEPTH-1:0] line;
      always_ff @(posedge clk) if (writes) line <= {line[DEPTH-2:0], x[i]};
      assign y[i] = line[oldest];
    end
  endgenerate
endmodule
