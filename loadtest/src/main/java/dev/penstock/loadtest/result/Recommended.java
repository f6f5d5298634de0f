package dev.penstock.loadtest.result;

import java.util.Optional;

/// What a search or a sweep chose of the stages.
///
/// @param stage the name of the best one; empty if none was good enough
public record Recommended(Optional<String> stage) {}
