/// The fast gRPC door: our own transport on Netty's HTTP/2 connection handler. It reads ModelInfer from the received
/// bytes, hands rows to whatever runs the model, and writes the answer's bytes itself. Every other RPC is served by
/// grpc-java service definitions through a bridge. What is behind the door is
/// [dev.penstock.server.fast.FastModels].
@NullMarked
package dev.penstock.server.grpc.door;

import org.jspecify.annotations.NullMarked;
