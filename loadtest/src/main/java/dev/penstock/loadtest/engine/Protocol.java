package dev.penstock.loadtest.engine;

/// How requests travel.
public enum Protocol {
    /// One HTTP/2 stream per request.
    GRPC_UNARY,
    /// Many requests and answers on each HTTP/2 stream. Answers are taken to come in the order of their requests.
    GRPC_STREAM,
    /// POST over HTTP/1.1 connections that are kept open; with more than one in flight, requests are pipelined.
    HTTP
}
