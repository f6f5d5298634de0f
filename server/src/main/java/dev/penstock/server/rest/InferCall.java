package dev.penstock.server.rest;

import dev.penstock.core.InferenceRequest;

/// One decoded inference call. Its tensors are views of the request's body.
record InferCall(InferenceRequest request, ReplyForm form) {}
