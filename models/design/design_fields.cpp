// SPDX-License-Identifier: Apache-2.0
#include "models/design/design_fields.h"

namespace statelane {

const Table<Precision>& Describe<Precision>::table() {
  using P = Precision;
  static const Table<P> t =
      Table<P>("precision", "Widths of everything that is stored or moved.")
          .field("format", &P::format, "Integers or floating point")
          .field("weights", &P::weights, "A weight of the linear layers")
          .range(Bits{2}, Bits{32})
          .sweepable()
          .generator()
          .field("weight_group", &P::weight_group,
                 "Weights sharing a scale along the input dimension; 0: a row")
          .range(0, 65536)
          .sweepable()
          .generator()
          .field("weight_scale", &P::weight_scale, "A weight scale in memory")
          .range(Bits{0}, Bits{32})
          .sweepable()
          .generator()
          .field("activations", &P::activations, "An input of the linear layers")
          .range(Bits{2}, Bits{32})
          .sweepable()
          .generator()
          .field("activation_group", &P::activation_group,
                 "Inputs of a linear layer sharing a shift; 0: one scale for all")
          .range(0, 65536)
          .sweepable()
          .generator()
          .field("activation_scale", &P::activation_scale, "Bits of that shift")
          .range(Bits{1}, Bits{5})
          .sweepable()
          .generator()
          .field("ssm", &P::ssm, "An operand of convolution and SSM operators")
          .range(Bits{2}, Bits{32})
          .sweepable()
          .generator()
          .field("ssm_product", &P::ssm_product, "An intermediate result between SSM operators")
          .range(Bits{2}, Bits{64})
          .sweepable()
          .generator()
          .field("state", &P::state, "An element of h in memory")
          .range(Bits{2}, Bits{32})
          .sweepable()
          .generator()
          .field("state_group", &P::state_group, "State elements sharing a scale; 0: none stored")
          .range(0, 65536)
          .sweepable()
          .generator()
          .field("state_scale", &P::state_scale, "A state scale in memory")
          .range(Bits{0}, Bits{32})
          .generator()
          .field("conv_weights", &P::conv_weights, "A convolution weight or bias")
          .range(Bits{2}, Bits{32})
          .sweepable()
          .generator()
          .field("conv_state", &P::conv_state, "An earlier input of the convolution")
          .range(Bits{2}, Bits{32})
          .sweepable()
          .generator()
          .field("conv_group", &P::conv_group, "Convolution values sharing a scale; 0: none stored")
          .range(0, 65536)
          .generator()
          .field("conv_scale", &P::conv_scale, "A convolution scale in memory")
          .range(Bits{0}, Bits{32})
          .generator()
          .field("residual", &P::residual, "An element of the residual stream on chip")
          .range(Bits{8}, Bits{32})
          .generator()
          .field("head_weights", &P::head_weights, "A weight of the LM head, where it is on the fabric")
          .range(Bits{2}, Bits{32})
          .sweepable()
          .generator();
  return t;
}

const Table<Schedule>& Describe<Schedule>::table() {
  using S = Schedule;
  static const Table<S> t =
      Table<S>("schedule", "Order, tiling, fusion and placement: properties of the dataflow graph.")
          .field("order", &S::order, "Order of in_proj's output tiles")
          .sweepable()
          .generator()
          .field("head_group", &S::head_group,
                 "Most heads whose dt is projected and activated together (a divisor of the heads is taken)")
          .range(1, 1024)
          .sweepable()
          .generator()
          .field("projection_rows", &S::projection_rows, "Outputs a firing of the matrix unit; 0: its lanes")
          .range(0, 65536)
          .sweepable()
          .generator()
          .field("tile_rows", &S::tile_rows, "Rows of a head in an SSM tile (n_p)")
          .range(1, 1024)
          .sweepable()
          .generator()
          .field("tile_states", &S::tile_states, "Elements along d_state in an SSM tile (p_p)")
          .range(1, 4096)
          .sweepable()
          .generator()
          .field("ssm_buffers", &S::ssm_buffers, "What holds the SSM's intermediate tensors")
          .sweepable()
          .generator()
          .field("tile_depth", &S::tile_depth, "Tiles a fused channel holds; 2: ping-pong")
          .range(1, 1024)
          .sweepable()
          .generator()
          .field("barrier", &S::barrier, "SSM operators wait for the whole tensor of their predecessor")
          .sweepable()
          .generator()
          .field("weight_buffer", &S::weight_buffer, "Buffer between weight DMA and matrix unit")
          .range(Bytes{64}, Bytes{std::int64_t{1} << 34})
          .sweepable()
          .generator()
          .field("state_buffer", &S::state_buffer, "Heads of h buffered between DMA and SSM, each way")
          .range(1, 1024)
          .sweepable()
          .generator()
          .field("state", &S::state, "Where h lives between tokens")
          .sweepable()
          .generator()
          .field("conv_state", &S::conv_state, "Where the convolution's earlier inputs and weights live")
          .generator()
          .field("lm_head", &S::lm_head, "What computes the LM head")
          .sweepable()
          .field("prefill", &S::prefill, "Loop order of a prompt")
          .sweepable()
          .generator()
          .field("token_block", &S::token_block,
                 "Most tokens that share a weight tile in prefill (a divisor of the prompt is taken); 0: all")
          .range(0, 1 << 20)
          .sweepable()
          .generator();
  return t;
}

const Table<MemoryPort>& Describe<MemoryPort>::table() {
  using P = MemoryPort;
  static const Table<P> t =
      Table<P>("port", "An AXI or NoC master between the DMA actors and the memory channels.")
          .field("name", &P::name, "Name that placements refer to")
          .required()
          .field("width", &P::width, "Data bus")
          .one_of<Bits>({Bits{32}, Bits{64}, Bits{128}, Bits{256}, Bits{512}, Bits{1024}})
          .sweepable()
          .generator()
          .field("clock", &P::clock, "Clock of the port; 0 Hz: the fabric clock")
          .range(Hertz{0}, Hertz{2e9})
          .sweepable()
          .field("burst", &P::burst, "Longest burst")
          .range(Bytes{32}, Bytes{65536})
          .sweepable()
          .generator()
          .field("outstanding", &P::outstanding, "Bursts in flight a copy")
          .range(1, 1024)
          .sweepable()
          .generator()
          .field("latency", &P::latency, "Latency there and back beyond the DRAM's own")
          .range(Seconds{0}, Seconds{1e-5})
          .sweepable()
          .field("bandwidth", &P::bandwidth,
                 "Stated limit of the path a copy and direction; 0 B/s: width * clock")
          .range(BytesPerSecond{0}, BytesPerSecond{1e13})
          .sweepable()
          .field("duplex", &P::duplex, "Whether reads and writes run at the same time")
          .sweepable()
          .field("copies", &P::copies, "Identical ports; memory channel c is reached by copy c % copies")
          .range(1, 64)
          .sweepable()
          .generator();
  return t;
}

const Table<Placement>& Describe<Placement>::table() {
  using P = Placement;
  static const Table<P> t =
      Table<P>("placement",
               "Memory channels a family of tensors is striped over, and the port that reaches them.")
          .field("port", &P::port, "Name of a port")
          .field("first_channel", &P::first_channel, "First memory channel")
          .range(0, 1023)
          .sweepable()
          .generator()
          .field("channels", &P::channels, "Memory channels")
          .range(1, 1024)
          .sweepable()
          .generator()
          .field("stripe", &P::stripe, "Consecutive bytes in one channel")
          .range(Bytes{64}, Bytes{1 << 24})
          .sweepable()
          .generator();
  return t;
}

const Table<MemoryConfig>& Describe<MemoryConfig>::table() {
  using M = MemoryConfig;
  static const Table<M> t =
      Table<M>("memory_use", "How a design uses its board's off-chip memory.")
          .field("memory", &M::memory, "One of the board's memories")
          .sweepable()
          .field("address_map", &M::address_map, "DRAM address map; empty: the board's default")
          .sweepable()
          .field("ports", &M::ports, "Masters towards memory")
          .required()
          .field("weights", &M::weights, "Weights of the linear layers")
          .field("state", &M::state, "Recurrent state h")
          .field("conv", &M::conv, "Convolution weights and state");
  return t;
}

const Table<DesignDocument>& Describe<DesignDocument>::table() {
  using D = DesignDocument;
  static const Table<D> t =
      Table<D>("design", "An accelerator: board, clock, precision, units and schedule.")
          .field("name", &D::name, "Name; by default the file's")
          .field("note", &D::note, "Where the design comes from and how open choices were made")
          .field("board", &D::board, "Board")
          .required()
          .sweepable()
          .field("clock", &D::clock, "Fabric clock")
          .range(Hertz{1e6}, Hertz{2e9})
          .required()
          .sweepable()
          .generator()
          .field("precision", &D::precision, "Widths")
          .required()
          .field("schedule", &D::schedule, "Order, tiling, fusion, placement")
          .required()
          .field("memory", &D::memory, "Off-chip memory")
          .required()
          .field("units", &D::unit_list, "Hardware units by name")
          .required();
  return t;
}

const Table<UnitHeader>& Describe<UnitHeader>::table() {
  using U = UnitHeader;
  static const Table<U> t =
      Table<U>("unit", "A hardware unit: its kind, the operators it executes, and its kind's parameters.")
          .field("kind", &U::kind, "Kind of unit")
          .required()
          .field("component", &U::component, "Component it is reported under; by default its own name")
          .field("operators", &U::operators, "Operators it executes")
          .required();
  return t;
}

}  // namespace statelane
