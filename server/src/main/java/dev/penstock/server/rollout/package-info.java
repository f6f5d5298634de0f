/// Rollouts under way: what they see is gathered, what follows from it (`router.rollout`) is recorded and
/// dealt, and people are told.
@NullMarked
package dev.penstock.server.rollout;

import org.jspecify.annotations.NullMarked;
