/// The load engine: makes requests at a server as fast or as regularly as asked, and says honestly what came back.
///
/// A [LoadPlan] says what to do, [LoadRun#run] does it, a [LoadResult] tells what happened. [InferPayloads] makes
/// payloads of the Open Inference Protocol.
///
/// ```java
/// Payload payload = InferPayloads.unary(request);
/// LoadRun run = new LoadRun(System::nanoTime);
/// LoadPlan probe = LoadPlan.to(address, Protocol.GRPC_UNARY, List.of(payload)).build();
/// byte[] answer = run.ask(probe);                          // look at it, then hold every answer to it
/// LoadPlan plan = LoadPlan.to(address, Protocol.GRPC_UNARY, List.of(payload.expecting(AnswerCheck.exactly(answer))))
///         .connections(8)
///         .streams(32)
///         .extent(new Extent.During(Duration.ofSeconds(10), Duration.ofSeconds(5)))
///         .build();
/// LoadResult result = run.run(plan, phases);
/// ```
///
/// The engine speaks HTTP/2 and HTTP/1.1 itself, over plain non-blocking sockets, so that a request costs it less than
/// it costs the server. Loops own connections, connections own slots; nothing is shared while a run is under way.
/// It has no TLS and no compression.
@NullMarked
package dev.penstock.loadtest.engine;

import org.jspecify.annotations.NullMarked;
