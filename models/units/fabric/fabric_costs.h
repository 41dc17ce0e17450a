// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/units/fabric/resources.h"

namespace statelane {

/// The constants of one FPGA family, plain numbers. Each has its unit, meaning and source in
/// configs/calibration/ (see fabric_constants.h). A number is a double here, and a value with its
/// provenance in that file.
template <class Number, class Core>
struct FamilyConstants {
  // Blocks that are counted as a whole.
  Core unit_control;     ///< a unit: its state machine and stream handshakes
  Core channel_control;  ///< a channel: pointers, full and empty
  Core bram_control;     ///< a block RAM half of a channel: write enables, read multiplexer, address fan-out
  Core quantiser_bit;    ///< a lane of a quantiser that finds its own group scale, for each bit of its input
  Core port_bit;         ///< an AXI master, for each bit of its data bus
  Core dma_control;      ///< a DMA: address generator and transfer counters
  Core repack_bit;       ///< a DMA whose values have group scales, for each bit of the port it moves
  Core soft_controller;  ///< a DRAM controller in the fabric, one channel of 64 bits
  Core design_control;   ///< once a design: control registers, sequencer, clock and reset
  Core float_multiply;   ///< single precision
  Core float_add;
  Core float_divide;
  Core float_exponential;
  Core float_inverse_root;
  Core float_convert;  ///< from or to fixed point
  Core half_multiply;  ///< half precision
  Core half_add;
  Core half_divide;
  Core half_exponential;
  Core half_inverse_root;
  Core half_convert;

  // Arithmetic and memory rules.
  Number dsp_a;                  ///< wider multiplier port of a DSP slice, bits, two's complement
  Number dsp_b;                  ///< narrower port
  Number static_shift_bits;      ///< select bits of a requantiser whose scale is set by software
  Number activation_scale_bits;  ///< multiplier of a linear layer's activation quantiser
  Number srl_max_bits;           ///< largest FIFO or table in LUTs
  Number uram_min_depth;         ///< words from which a buffer goes to UltraRAM
  Number has_uram;               ///< 1: the family has UltraRAM
  Number slice_luts;             ///< LUTs of a slice, which share a write port as LUT memory
  Number joined_words;           ///< words of a table in LUTs that the multiplexers behind them join

  // Delays and limits of the speed grade named in the source; see frequency.h.
  Number delay_register;  ///< s, clock to output and set-up
  Number delay_lut;       ///< s, a LUT
  Number delay_net;       ///< s, a connection in a device that is half full
  Number delay_carry;     ///< s, a bit of a carry chain
  Number fmax_dsp;        ///< Hz, a DSP slice with all its registers
  Number fmax_bram;       ///< Hz, a block RAM with its output register
  Number fmax_uram;       ///< Hz, an UltraRAM with its output register
  Number fmax_float;      ///< Hz, floating-point cores at their usual pipeline depth
  Number speed_grade;     ///< the grade all these are of
  Number grade_step;      ///< relative speed of the next grade

  // Energy of one event at the family's node; see scale_energy().
  Number node_nm;            ///< process
  Number core_voltage;       ///< V
  Number energy_lut;         ///< J, a LUT with its routing in a cycle in which its unit works
  Number energy_ff;          ///< J, a flip-flop's data in such a cycle
  Number energy_dsp;         ///< J, a DSP slice in such a cycle
  Number energy_clock_ff;    ///< J, the clock at a flip-flop, every cycle
  Number energy_bram18;      ///< J, an access of a block RAM half
  Number energy_uram;        ///< J, an access of an UltraRAM
  Number energy_lutram_bit;  ///< J, a bit written to or read from LUTs or registers
  Number energy_port_bit;    ///< J, a bit through an AXI master and its interconnect
  Number energy_io_bit;      ///< J, a bit over the pins to a DIMM, both ends and termination; not scaled
  Number static_per_klut;    ///< W for every thousand LUTs, for devices without a figure of their own
};

using FabricCosts = FamilyConstants<double, Resources>;

}  // namespace statelane
