package dev.penstock.server.rest;

/// How long a request's body may be.
///
/// @param setting the setting that `maxBytes` comes from, for the message of a refusal; "" if it is fixed
record BodyLimit(long maxBytes, String setting) {}
