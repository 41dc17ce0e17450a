// SPDX-License-Identifier: Apache-2.0
#include "hls/memory_images.h"

#include <bit>
#include <cstdlib>
#include <numeric>
#include <stdexcept>

namespace statelane::hls {
namespace {

std::size_t size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

/// Writes the low `bits` bits of v at element `index` of packed elements that begin at 32-bit word `base`.
void put(MemoryImage& image, std::size_t base, std::size_t index, int bits, std::int64_t v) {
  const std::size_t at = index * size(bits);
  const std::uint32_t mask = bits == 32 ? ~0U : (1U << bits) - 1U;
  image[base + at / 32] |= (static_cast<std::uint32_t>(v) & mask) << (at % 32);
}

/// A shift with which all values of a block are codes of `bits` bits. The integer model keeps values on their
/// grid.
int shift_of(std::span<const std::int32_t> block, int bits) {
  const std::int32_t high = (1 << (bits - 1)) - 1;
  for (int shift = 0; shift <= 15; ++shift) {
    bool fits = true;
    for (const std::int32_t v : block) {
      const std::int32_t code = v >> shift;
      fits = fits && code * (1 << shift) == v && code <= high && code >= -high - 1;
    }
    if (fits) return shift;
  }
  throw std::logic_error("values of a block are on no common grid");
}

/// Codes of a sequence of values in blocks, and the blocks' shifts.
struct Coded {
  std::vector<std::int32_t> codes;
  std::vector<int> shifts;
};
Coded code(const std::vector<std::int32_t>& values, const TensorFormat& f) {
  if (f.block_bits == 0) return {values, {}};
  Coded out;
  for (std::size_t i = 0; i < values.size(); i += f.block) {
    const auto block = std::span(values).subspan(i, std::min(f.block, values.size() - i));
    out.shifts.push_back(shift_of(block, f.block_bits));
    for (const std::int32_t v : block) out.codes.push_back(v >> out.shifts.back());
  }
  return out;
}

void put_coded(MemoryImage& image, std::size_t base, const Coded& c, int bits, std::int64_t code_lanes) {
  for (std::size_t i = 0; i < c.codes.size(); ++i) put(image, base, i, bits, c.codes[i]);
  for (std::size_t i = 0; i < c.shifts.size(); ++i) put(image, base + size(code_lanes), i, 4, c.shifts[i]);
}

/// First channels of the convolution's units, in its order: x, B and C tiles as in_proj makes them.
std::vector<std::size_t> conv_units(const Accelerator& a) {
  std::vector<std::size_t> order;
  std::size_t next[4] = {0, 0, size(a.g.d_inner), size(a.g.d_inner + a.g.groups_states)};  // by Part
  for (const TileOfLayer& t : a.tiles(a.actor_of(Operator::conv))) {
    if (t.op != Operator::conv) continue;
    std::size_t& first = next[size(kind_of(t.part))];
    for (std::int64_t row = 0; row < t.rows; row += a.channel_unit) {
      order.push_back(first);
      first += size(a.channel_unit);
    }
  }
  return order;
}

}  // namespace

namespace {

/// A tile of the matrix unit, from word `at` of the image: the scales of its row blocks, then its codes.
/// `first` is the tile's first row of `linear`.
void put_tile(const Accelerator& a, const MatrixPlan& m, const MatrixPlan::Tile& t,
              const IntegerLinear& linear, std::int64_t first, MemoryImage& image, std::size_t at) {
  const bool out = t.kind == MatrixPlan::out;
  const std::int64_t cols = out ? a.g.d_inner : a.g.d_model;
  const std::int64_t groups = out ? m.groups_out : m.groups_in;
  const std::int64_t group_size = out ? m.group_out : m.group_in;
  const std::int64_t chunks = out ? m.chunks_out : m.chunks_in;
  const std::size_t codes_at = at + size(m.header_beats(t) * m.port_lanes);
  std::int64_t word = 0;
  std::int64_t scale = 0;
  for (std::int64_t block = 0; block < t.rows; block += m.outputs) {
    const std::int64_t rows = std::min(m.outputs, t.rows - block);
    for (std::int64_t group = 0; group < groups; ++group, ++scale) {
      for (std::int64_t o = 0; o < rows && !a.fixed(); ++o) {
        const std::size_t pair = size(((first + block + o) * groups + group) * 2);
        image[at + size(scale * m.scale_lanes + o / 5)] |=
            (static_cast<std::uint32_t>(linear.shifts[pair]) |
             static_cast<std::uint32_t>(linear.shifts[pair + 1]) << 3)
            << (o % 5 * 6);
      }
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk, ++word) {
        const std::int64_t beat = m.words_per_beat > 1 ? word / m.words_per_beat : word * m.beats_per_word;
        const std::size_t base =
            codes_at + size(beat * m.port_lanes +
                            (m.words_per_beat > 1 ? word % m.words_per_beat * m.lanes_per_word : 0));
        for (std::int64_t o = 0; o < rows; ++o) {
          for (std::int64_t i = 0; i < m.inputs; ++i) {
            const std::int64_t in_group = chunk * m.inputs + i;
            const std::int64_t k = group * group_size + in_group;
            if (in_group >= group_size || k >= cols) continue;
            put(image, base, size(o * m.inputs + i), m.code_bits,
                linear.raw[size((first + block + o) * cols + k)]);
          }
        }
      }
    }
  }
}

}  // namespace

MemoryImage pack_weights(const Accelerator& a, const MatrixPlan& m, const IntegerModel& model) {
  MemoryImage image(size((m.beats_per_layer * a.g.layers + m.beats_of_head) * m.port_lanes), 0);
  const std::int64_t gs = a.g.groups_states;
  const std::int64_t base_of[] = {
      0, a.g.d_inner, 2 * a.g.d_inner, 2 * a.g.d_inner + gs, 2 * a.g.d_inner + 2 * gs, 0};  // by kind
  std::size_t at = 0;                                                                       // 32-bit word
  const auto add_tile = [&](const MatrixPlan::Tile& t, const IntegerLinear& linear, std::int64_t first) {
    put_tile(a, m, t, linear, first, image, at);
    at += size((m.header_beats(t) + m.code_beats(t)) * m.port_lanes);
  };
  for (std::size_t l = 0; l < model.layers(); ++l) {
    const IntegerLayerWeights& w = model.layer(l).weights();
    for (const MatrixPlan::Tile& t : m.tiles) {
      if (t.products > 0)
        add_tile(t, t.kind == MatrixPlan::out ? w.out_proj : w.in_proj, base_of[t.kind] + t.first);
    }
  }
  for (const MatrixPlan::Tile& t : m.head_tiles) {
    if (t.products > 0) add_tile(t, *model.integer_head(), t.first);
  }
  return image;
}

std::vector<MemoryImage> by_port(const MemoryImage& beats, const MatrixPlan& plan) {
  std::vector<MemoryImage> ports(size(plan.ports));
  const std::size_t share = size(plan.port_lanes / plan.ports);
  for (std::size_t i = 0; i < beats.size(); ++i) ports[i / share % ports.size()].push_back(beats[i]);
  return ports;
}

MemoryImage pack_conv_weights(const Accelerator& a, const IntegerModel& model) {
  const ConvLayout l = conv_layout(a);
  const std::vector<std::size_t> units = conv_units(a);
  MemoryImage image(size(l.weight_beats * l.port_lanes * l.units * a.g.layers), 0);
  std::size_t at = 0;
  for (std::size_t i = 0; i < model.layers(); ++i) {
    const IntegerLayerWeights& w = model.layer(i).weights();
    for (const std::size_t first : units) {
      std::vector<std::int32_t> values;
      for (std::int64_t tap = 0; tap < a.g.taps; ++tap) {
        for (std::int64_t c = 0; c < a.channel_unit; ++c)
          values.push_back(w.conv[size(tap * a.g.conv_channels + c) + first]);
      }
      put_coded(image, at, code(values, a.plan.conv_weight), l.weight_bits, l.weight_code_lanes);
      const std::size_t bias = at + size(l.weight_code_lanes + l.weight_shift_lanes);
      for (std::size_t c = 0; c < size(a.channel_unit); ++c) {
        const auto v = static_cast<std::uint64_t>(w.conv_bias[first + c]);
        image[bias + 2 * c] = static_cast<std::uint32_t>(v);
        image[bias + 2 * c + 1] = static_cast<std::uint32_t>(v >> 32);
      }
      at += size(l.weight_beats * l.port_lanes);
    }
  }
  return image;
}

MemoryImage pack_conv_state(const Accelerator& a, const Caches& caches) {
  const ConvLayout l = conv_layout(a);
  const std::vector<std::size_t> units = conv_units(a);
  MemoryImage image(size(l.history_beats * l.port_lanes * l.units * a.g.layers), 0);
  std::size_t at = 0;
  for (std::size_t layer = 0; layer < caches.front().size(); ++layer) {
    for (const std::size_t first : units) {
      std::vector<std::int32_t> values;
      for (const std::vector<IntegerCache>& sequence : caches) {
        for (std::int64_t age = 1; age < a.g.taps;
             ++age) {  // the oldest of `taps` columns is no longer needed
          for (std::int64_t c = 0; c < a.channel_unit; ++c)
            values.push_back(sequence[layer].conv[size(age * a.g.conv_channels + c) + first]);
        }
      }
      put_coded(image, at, code(values, a.format(Tap::kConvIn)), l.history_bits, l.history_code_lanes);
      at += size(l.history_beats * l.port_lanes);
    }
  }
  return image;
}

MemoryImage pack_state(const Accelerator& a, const Wires& wires, const Caches& caches) {
  const StateLayout l = state_layout(a, wires);
  const Geometry& g = a.g;
  MemoryImage image(size(l.head_beats() * l.port_lanes * g.heads * g.layers), 0);
  TensorFormat f = a.format(Tap::kState);
  f.block = std::min(f.block, size(g.tile_rows));
  std::size_t at = 0;
  // A word of a head: the rows of a tile of some states.
  const auto put_word = [&](const IntegerCache& cache, std::int64_t head, std::int64_t tile,
                            std::int64_t state, std::int64_t word) {
    std::vector<std::int32_t> values;
    for (std::int64_t s = 0; s < a.ssm_states; ++s) {
      for (std::int64_t p = 0; p < g.tile_rows; ++p)
        values.push_back(
            cache.state[size((head * g.d_state + state + s) * g.headdim + tile * g.tile_rows + p)]);
    }
    const Coded c = code(values, f);
    const std::int64_t beat = l.words_per_beat > 1 ? word / l.words_per_beat : word * l.beats_per_word;
    const std::size_t base =
        at + size((l.header_beats + beat) * l.port_lanes +
                  (l.words_per_beat > 1 ? word % l.words_per_beat * l.lanes_per_word : 0));
    for (std::size_t i = 0; i < c.codes.size(); ++i) put(image, base, i, l.code_bits, c.codes[i]);
    for (std::size_t i = 0; i < c.shifts.size(); ++i)
      put(image, at, size(word * l.shifts) + i, 4, c.shifts[i]);
  };
  for (std::size_t layer = 0; layer < caches.front().size(); ++layer) {
    for (std::int64_t head = 0; head < g.heads; ++head) {
      std::int64_t word = 0;
      for (const std::vector<IntegerCache>& sequence : caches) {
        for (std::int64_t tile = 0; tile < g.row_tiles; ++tile) {
          for (std::int64_t state = 0; state < g.d_state; state += a.ssm_states, ++word)
            put_word(sequence[layer], head, tile, state, word);
        }
      }
      at += size(l.head_beats() * l.port_lanes);
    }
  }
  return image;
}

namespace {

void add(MemoryImage& image, std::span<const std::int32_t> values) {
  for (const std::int32_t v : values) image.push_back(static_cast<std::uint32_t>(v));
}
void add(MemoryImage& image, std::span<const float> values) {
  for (const float v : values) image.push_back(std::bit_cast<std::uint32_t>(v));
}
void add(MemoryImage& image, const FixedScale& m) {
  add(image, std::vector<std::int32_t>{static_cast<std::int32_t>(m.factor), m.shift});
}

void add_parameter(MemoryImage& image, const std::string& name, const IntegerLayer& layer) {
  const IntegerLayerWeights& w = layer.weights();
  if (name == "dt_bias") return add(image, w.dt_bias);
  if (name == "a") return add(image, w.a);
  if (name == "d") return add(image, w.d);
  if (name == "norm_weight") return add(image, layer.norm_weight());
  if (name == "in_fraction") return add(image, std::vector<std::int32_t>{w.in_proj.fraction});
  if (name == "out_fraction") return add(image, std::vector<std::int32_t>{w.out_proj.fraction});
  if (name == "z_scale") return add(image, layer.to_z());
  if (name == "conv_scale") return add(image, layer.to_conv());
  if (name == "dt_scale") return add(image, layer.to_dt());
  if (name == "u_scale") return add(image, w.in_proj.input);
  if (name == "v_scale") return add(image, w.out_proj.input);
  if (name == "out_scale") return add(image, std::vector<float>{static_cast<float>(w.out_proj.scale)});
  throw std::logic_error("no such parameter: " + name);
}

}  // namespace

namespace {

/// What a parameter has for the LM head.
void add_of_head(MemoryImage& image, const std::string& name, const IntegerModel& model) {
  const IntegerLinear& head = *model.integer_head();
  if (name == "norm_weight") return add(image, model.folded().final_norm);
  if (name == "u_scale") return add(image, head.input);
  if (name == "head_scale") return add(image, std::vector<float>{static_cast<float>(head.scale)});
  if (name == "head_fraction") return add(image, std::vector<std::int32_t>{head.fraction});
  throw std::logic_error("no such parameter of the head: " + name);
}

}  // namespace

MemoryImage pack_parameters(const Accelerator& a, const std::vector<Parameter>& parameters,
                            const IntegerModel& model) {
  MemoryImage image;
  const MemoryImage conv_weights = a.conv_on_chip() ? pack_conv_weights(a, model) : MemoryImage();
  for (const Parameter& p : parameters) {
    const std::size_t all = image.size();
    for (std::size_t l = 0; l < model.layers() && p.per_layer > 0; ++l) {
      const std::size_t before = image.size();
      if (p.name == "conv_weights") {
        const auto from = conv_weights.begin() + static_cast<std::ptrdiff_t>(l) * p.per_layer;
        image.insert(image.end(), from, from + p.per_layer);
      } else if (p.name == "gated_norm_weight") {
        if (a.fixed()) {
          add(image, model.layer(l).gated_norm_weight());
        } else {
          add(image, model.layer(l).weights().gated_norm);
        }
      } else {
        add_parameter(image, p.name, model.layer(l));
      }
      if (image.size() - before != size(p.per_layer))
        throw std::logic_error("parameter " + p.name + " has another size");
    }
    if (p.of_head > 0) add_of_head(image, p.name, model);
    if (image.size() - all != size(p.count(a)))
      throw std::logic_error("parameter " + p.name + " of the head has another size");
  }
  return image;
}

}  // namespace statelane::hls
