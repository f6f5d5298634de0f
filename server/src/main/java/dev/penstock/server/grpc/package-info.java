/// The gRPC door: decodes calls into requests of the core, and answers of the core into replies.
@NullMarked
package dev.penstock.server.grpc;

import org.jspecify.annotations.NullMarked;
