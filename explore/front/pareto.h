// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "explore/space/contender.h"

/// Measures of sets of points. All objectives are to be made small.
namespace statelane {

/// The points that no other beats, by index.
[[nodiscard]] std::vector<Contender> pareto_front(const std::vector<Contender>& points,
                                                  std::size_t objectives);

/// Domination rank of each point: 0 for the front, 1 for the front of what is left without it, and so on
/// (Deb et al., NSGA-II, 2002). Equal points have one rank.
[[nodiscard]] std::vector<std::uint32_t> domination_ranks(const std::vector<Contender>& points,
                                                          std::size_t objectives);

/// Volume that the points dominate below `reference`, by exclusive volumes (While, Bradstreet, Barone, "A
/// fast way of calculating exact hypervolumes", 2012). Points that are not below it in every objective add
/// nothing.
[[nodiscard]] double hypervolume(const std::vector<Contender>& points, const Contender& reference,
                                 std::size_t objectives);

/// Best and worst value of each objective over the points.
struct Extent {
  Contender best;
  Contender worst;
};
[[nodiscard]] Extent extent_of(const std::vector<Contender>& points, std::size_t objectives);

/// hypervolume() as a fraction of the box from best to worst.
[[nodiscard]] double relative_hypervolume(const std::vector<Contender>& points, const Extent& box,
                                          std::size_t objectives);

/// Position in `front` of its knee: the point nearest to the best of all objectives at once, each scaled to
/// the front's extent. 0 for an empty front.
[[nodiscard]] std::size_t knee(const std::vector<Contender>& front, std::size_t objectives);

/// Thins a front: every point left out is, in every objective, worse than one that stays by at most the
/// fraction `epsilon` of the front's extent (epsilon-dominance on a grid; Laumanns et al., 2002).
[[nodiscard]] std::vector<Contender> thin_front(const std::vector<Contender>& front, std::size_t objectives,
                                                double epsilon);

}  // namespace statelane
