// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/fabric_constants_fields.h"

namespace statelane {

using D = FabricDocument;
using F = FabricCosts;

const std::vector<BlockField>& block_fields() {
  static const std::vector<BlockField> fields = {
      {"unit_control", "unit", "State machine and stream handshakes of a unit", &D::unit_control,
       &F::unit_control},
      {"channel_control", "channel", "Pointers, full and empty of a channel", &D::channel_control,
       &F::channel_control},
      {"bram_control", "BRAM18",
       "Address fan-out, write enables and read multiplexer of a channel's block RAM half", &D::bram_control,
       &F::bram_control},
      {"quantiser_bit", "lane and bit of its input", "Quantiser that finds the scale of its group",
       &D::quantiser_bit, &F::quantiser_bit},
      {"port_bit", "bit of the data bus", "AXI master with its burst buffers and interconnect", &D::port_bit,
       &F::port_bit},
      {"dma_control", "DMA", "Address generator and transfer counters", &D::dma_control, &F::dma_control},
      {"repack_bit", "DMA and bit of its port", "Splits bus words into groups of values and their scales",
       &D::repack_bit, &F::repack_bit},
      {"soft_controller", "memory channel", "DRAM controller and PHY logic in the fabric",
       &D::soft_controller, &F::soft_controller},
      {"design_control", "design", "Control registers, sequencer, clocking, host interface",
       &D::design_control, &F::design_control},
      {"float_multiply", "core", "Single-precision product", &D::float_multiply, &F::float_multiply},
      {"float_add", "core", "Single-precision sum", &D::float_add, &F::float_add},
      {"float_divide", "core", "Single-precision quotient", &D::float_divide, &F::float_divide},
      {"float_exponential", "core", "Single-precision e^x", &D::float_exponential, &F::float_exponential},
      {"float_inverse_root", "core", "Single-precision 1/sqrt(x)", &D::float_inverse_root,
       &F::float_inverse_root},
      {"float_convert", "core", "Single precision from or to fixed point", &D::float_convert,
       &F::float_convert},
      {"half_multiply", "core", "Half-precision product", &D::half_multiply, &F::half_multiply},
      {"half_add", "core", "Half-precision sum", &D::half_add, &F::half_add},
      {"half_divide", "core", "Half-precision quotient", &D::half_divide, &F::half_divide},
      {"half_exponential", "core", "Half-precision e^x", &D::half_exponential, &F::half_exponential},
      {"half_inverse_root", "core", "Half-precision 1/sqrt(x)", &D::half_inverse_root, &F::half_inverse_root},
      {"half_convert", "core", "Half precision from or to fixed point", &D::half_convert, &F::half_convert},
  };
  return fields;
}

const std::vector<NumberField>& number_fields() {
  static const std::vector<NumberField> fields = {
      {"dsp_a", "bit", "Wider multiplier port of a DSP slice", &D::dsp_a, &F::dsp_a},
      {"dsp_b", "bit", "Narrower multiplier port of a DSP slice", &D::dsp_b, &F::dsp_b},
      {"static_shift_bits", "bit", "Select bits of a requantising shift whose scale is set by software",
       &D::static_shift_bits, &F::static_shift_bits},
      {"activation_scale_bits", "bit", "Scale of a linear layer's activation quantiser",
       &D::activation_scale_bits, &F::activation_scale_bits},
      {"srl_max_bits", "bit", "Largest FIFO or table kept in LUTs", &D::srl_max_bits, &F::srl_max_bits},
      {"uram_min_depth", "word", "Depth from which a buffer goes to UltraRAM", &D::uram_min_depth,
       &F::uram_min_depth},
      {"has_uram", "flag", "1: the family has UltraRAM", &D::has_uram, &F::has_uram},
      {"slice_luts", "LUT", "LUTs of a slice, which share a write port as LUT memory", &D::slice_luts,
       &F::slice_luts},
      {"joined_words", "word", "Words of a table in LUTs that the multiplexers behind them join",
       &D::joined_words, &F::joined_words},
      {"delay_register", "s", "Clock to output and set-up of a flip-flop", &D::delay_register,
       &F::delay_register},
      {"delay_lut", "s", "Delay of a LUT", &D::delay_lut, &F::delay_lut},
      {"delay_net", "s", "Delay of a connection in a device that is half full", &D::delay_net, &F::delay_net},
      {"delay_carry", "s", "Delay of a bit of a carry chain", &D::delay_carry, &F::delay_carry},
      {"fmax_dsp", "Hz", "Limit of a DSP slice with all its registers", &D::fmax_dsp, &F::fmax_dsp},
      {"fmax_bram", "Hz", "Limit of a block RAM with its output register", &D::fmax_bram, &F::fmax_bram},
      {"fmax_uram", "Hz", "Limit of an UltraRAM with its output register", &D::fmax_uram, &F::fmax_uram},
      {"fmax_float", "Hz", "Limit of floating-point cores at their usual pipeline depth", &D::fmax_float,
       &F::fmax_float},
      {"speed_grade", "grade", "Speed grade of the delays", &D::speed_grade, &F::speed_grade},
      {"grade_step", "ratio", "Relative speed of the next grade", &D::grade_step, &F::grade_step},
      {"node_nm", "nm", "Process", &D::node_nm, &F::node_nm},
      {"core_voltage", "V", "Core supply", &D::core_voltage, &F::core_voltage},
      {"energy_lut", "J at 28 nm", "A LUT with its routing, in a cycle in which its unit works",
       &D::energy_lut, &F::energy_lut},
      {"energy_ff", "J at 28 nm", "Data of a flip-flop in such a cycle", &D::energy_ff, &F::energy_ff},
      {"energy_dsp", "J at 28 nm", "A DSP slice in such a cycle", &D::energy_dsp, &F::energy_dsp},
      {"energy_clock_ff", "J at 28 nm", "Clock tree to a flip-flop, every cycle", &D::energy_clock_ff,
       &F::energy_clock_ff},
      {"energy_bram18", "J at 28 nm", "An access of a block RAM half", &D::energy_bram18, &F::energy_bram18},
      {"energy_uram", "J at 28 nm", "An access of an UltraRAM", &D::energy_uram, &F::energy_uram},
      {"energy_lutram_bit", "J at 28 nm", "A bit written to or read from LUTs or registers",
       &D::energy_lutram_bit, &F::energy_lutram_bit},
      {"energy_port_bit", "J at 28 nm", "A bit through an AXI master and its interconnect",
       &D::energy_port_bit, &F::energy_port_bit},
      {"energy_io_bit", "J", "A bit over the pins to a DIMM, both ends and termination", &D::energy_io_bit,
       &F::energy_io_bit},
      {"static_per_klut", "W per 1000 LUT", "Static power of devices without a figure of their own",
       &D::static_per_klut, &F::static_per_klut},
  };
  return fields;
}

const Table<SourcedNumber>& Describe<SourcedNumber>::table() {
  using S = SourcedNumber;
  static const Table<S> t = Table<S>("sourced_number", "A constant with its unit and source.")
                                .field("value", &S::value, "Value")
                                .required()
                                .field("unit", &S::unit, "Unit")
                                .required()
                                .field("source", &S::source, "Document, synthesis run, or \"fitted on ...\"")
                                .required();
  return t;
}

const Table<SourcedBlock>& Describe<SourcedBlock>::table() {
  using S = SourcedBlock;
  static const Table<S> t = Table<S>("sourced_block", "Resources of a block with their source.")
                                .field("lut", &S::lut, "LUTs")
                                .min(0.0)
                                .field("ff", &S::ff, "Flip-flops")
                                .min(0.0)
                                .field("dsp", &S::dsp, "DSP slices")
                                .min(0.0)
                                .field("bram18", &S::bram18, "Block RAMs of 18 Kb")
                                .min(0.0)
                                .field("per", &S::per, "What it is counted for")
                                .required()
                                .field("source", &S::source, "Document, synthesis run, or \"fitted on ...\"")
                                .required();
  return t;
}

const Table<FabricDocument>& Describe<FabricDocument>::table() {
  static const Table<D> t = [] {
    Table<D> table("fabric", "Constants of resources and energy of a family.");
    for (const BlockField& f : block_fields()) table.field(f.key, f.document, f.doc);
    for (const NumberField& f : number_fields()) table.field(f.key, f.document, f.doc);
    return table;
  }();
  return t;
}

const Table<StaticPower>& Describe<StaticPower>::table() {
  using S = StaticPower;
  static const Table<S> t = Table<S>("static_power", "Power of a device that is configured but does nothing.")
                                .field("device", &S::device, "Device, as the board's file writes it")
                                .required()
                                .field("power", &S::power, "Static power")
                                .range(Watts{0}, Watts{1000})
                                .required()
                                .field("source", &S::source, "Document, or \"fitted on ...\"")
                                .required();
  return t;
}

const Table<FabricConstantsDocument>& Describe<FabricConstantsDocument>::table() {
  using C = FabricConstantsDocument;
  static const Table<C> t =
      Table<C>("calibration", "Constants of resources and energy that all families share.")
          .field("common", &C::common, "Constants all families share (see fabric)")
          .required()
          .field("static_power", &C::static_power, "Devices whose static power is known or fitted");
  return t;
}

}  // namespace statelane
