package dev.penstock.loadtest.input;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One request to `:predict`, and what it should be answered.
///
/// @param body `{"instances": […]}` or `{"inputs": …}`
/// @param expected `{"predictions": […]}` or `{"outputs": …}`; empty if nothing is expected
public record V1Request(ObjectNode body, Optional<JsonNode> expected) {}
