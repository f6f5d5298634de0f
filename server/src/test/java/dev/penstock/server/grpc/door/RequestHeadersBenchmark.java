package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A later header block of a connection, all of it in HPACK's table as gRPC clients send it: into our fields by
/// identity, and into Netty's map.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
public class RequestHeadersBenchmark {
    private static final int MAX_BYTES = 16 * 1024;
    private static final int STREAM = 3;

    private final RequestHeaders headers = new RequestHeaders(() -> KeptHeaders.NONE);
    private final DefaultHttp2HeadersDecoder ours = headers.decoder(MAX_BYTES);
    private final DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(true, MAX_BYTES);
    private final ByteBuf block = Unpooled.directBuffer();

    @Setup
    public void encode() throws Http2Exception {
        Http2Headers sent = new DefaultHttp2Headers()
                .method("POST")
                .path(RequestHeaders.INFER)
                .scheme("http")
                .authority("localhost:8001")
                .add("content-type", "application/grpc")
                .add("te", "trailers")
                .add("user-agent", "grpc-java-netty/1.85.1")
                .add("grpc-accept-encoding", "gzip")
                .add("grpc-timeout", "1S");
        DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
        encoder.encodeHeaders(STREAM, sent, block);
        ours.decodeHeaders(STREAM, block.duplicate());
        netty.decodeHeaders(STREAM, block.duplicate());
        block.clear();
        encoder.encodeHeaders(STREAM, sent, block);
    }

    @TearDown
    public void free() {
        block.release();
    }

    @Benchmark
    public RequestHeaders.Verdict byIdentity() throws Http2Exception {
        ours.decodeHeaders(STREAM, block.readerIndex(0));
        return headers.isInfer() ? headers.verdict() : RequestHeaders.Verdict.MALFORMED;
    }

    @Benchmark
    public Http2Headers intoAMap() throws Http2Exception {
        return netty.decodeHeaders(STREAM, block.readerIndex(0));
    }
}
