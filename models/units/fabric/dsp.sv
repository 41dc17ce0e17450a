// SPDX-License-Identifier: Apache-2.0
// Products in DSP slices with multiplier ports of WIDE x NARROW bits, two's complement. Registers behind a product, adders in
// front of it and sums of partial products are the slices' own (AMD UG479, UG579): written so that synthesis can take them in.

// a x b. One slice where the operands fit its ports; otherwise the orientation that needs fewer.
module slice_product #(parameter A = 8, parameter B = 8, parameter WIDE = 27, parameter NARROW = 18) (
  input logic signed [A-1:0] a, input logic signed [B-1:0] b, output logic signed [A+B-1:0] p);
  localparam C = NARROW - 1;  // a part below another has no sign
  localparam PARTS_A = A <= NARROW ? 1 : (A - 1 + C - 1) / C;
  localparam PARTS_B = B <= NARROW ? 1 : (B - 1 + C - 1) / C;
  generate
    if (A <= WIDE && (B > WIDE || PARTS_B <= PARTS_A)) begin : b_in_parts
      slice_chain #(.A(A), .B(B), .NARROW(NARROW)) chain (.a(a), .b(b), .carry({A{1'b0}}), .p(p));
    end else if (B <= WIDE) begin : a_in_parts
      slice_chain #(.A(B), .B(A), .NARROW(NARROW)) chain (.a(b), .b(a), .carry({B{1'b0}}), .p(p));
    end else begin : both_in_two  // the middle products' sum stays in the chain; up to 2 NARROW - 1 bits
      localparam HA = A - C;
      localparam HB = B - C;
      logic signed [C:0] al, bl;
      logic signed [HA-1:0] ah;
      logic signed [HB-1:0] bh;
      assign al = {1'b0, a[C-1:0]};
      assign bl = {1'b0, b[C-1:0]};
      assign ah = a[A-1:C];
      assign bh = b[B-1:C];
      logic signed [2*C+1:0] low;
      logic signed [HB+C+1:0] first;
      logic signed [(HA > HB ? HA : HB)+C+2:0] middle;
      logic signed [HA+HB-1:0] high;
      assign low = al * bl;
      assign first = al * bh + (low >>> C);
      assign middle = ah * bl + first;
      assign high = ah * bh + (middle >>> C);
      assign p = {high, middle[C-1:0], low[C-1:0]};
    end
  endgenerate
endmodule

// a x b + carry, b in parts of NARROW - 1 bits: each slice hands its sum on to the next, shifted by as many (PCOUT to PCIN).
module slice_chain #(parameter A = 8, parameter B = 8, parameter NARROW = 18) (
  input logic signed [A-1:0] a, input logic signed [B-1:0] b, input logic signed [A-1:0] carry,
  output logic signed [A+B-1:0] p);
  localparam C = NARROW - 1;
  generate
    if (B <= NARROW) begin : last
      assign p = a * b + carry;
    end else begin : part
      logic signed [C:0] bl;
      logic signed [B-C-1:0] bh;
      assign bl = {1'b0, b[C-1:0]};
      assign bh = b[B-1:C];
      logic signed [A+C:0] low;
      logic signed [A-1:0] high;
      assign low = a * bl + carry;
      assign high = low >>> C;
      logic signed [A+B-C-1:0] rest;
      slice_chain #(.A(A), .B(B-C), .NARROW(NARROW)) chain (.a(a), .b(bh), .carry(high), .p(rest));
      assign p = {rest, low[C-1:0]};
    end
  endgenerate
endmodule

// a x b, registered.
module multiply_dsp #(parameter A = 8, parameter B = 8, parameter WIDE = 27, parameter NARROW = 18) (
  input logic clk, input logic signed [A-1:0] a, input logic signed [B-1:0] b,
  output logic signed [A+B-1:0] p);
  logic signed [A+B-1:0] product;
  slice_product #(.A(A), .B(B), .WIDE(WIDE), .NARROW(NARROW)) slices (.a(a), .b(b), .p(product));
  always_ff @(posedge clk) p <= product;
endmodule

// Two products that share an operand in one slice (AMD WP486): the pre-adder makes a1 2^2B + a0, the lower product's sign is made
// good above it. One product a pair and beat: nothing is accumulated in the slice, so that no guard bits are needed.
module multiply_packed #(parameter B = 4) (
  input logic clk, input logic signed [B-1:0] a0, input logic signed [B-1:0] a1, input logic signed [B-1:0] b,
  output logic signed [2*B-1:0] p0, output logic signed [2*B-1:0] p1);
  localparam S = 2 * B;  // the lower product's bits
  logic signed [B+S-1:0] upper;
  logic signed [B+S:0] pair;
  assign upper = {a1, {S{1'b0}}};
  assign pair = upper + a0;
  logic signed [B+S+B:0] product;
  always_ff @(posedge clk) product <= pair * b;
  always_ff @(posedge clk) begin
    p0 <= product[S-1:0];
    p1 <= product[S +: 2*B] + {{(2*B-1){1'b0}}, product[S-1]};
  end
endmodule
