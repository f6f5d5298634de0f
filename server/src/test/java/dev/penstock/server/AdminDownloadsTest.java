package dev.penstock.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.proto.admin.Order;
import dev.penstock.server.rest.AdminServer;
import dev.penstock.server.rest.MemoryAdmin;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the server is told to fetch, by both protocols, from a source that never comes to its end.
@Timeout(400)
@SuppressWarnings("NullAway.Init")
class AdminDownloadsTest {
    @TempDir
    Path folder;

    private AdminServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        server = new AdminServer(folder);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        server.close();
    }

    @Test
    void aClientOfRestThatGoesAwayEndsItsDownload() throws Exception {
        try (Socket _ = endlessByRest()) {
            server.admin().awaitFetching(1);
        }
        server.admin().awaitGivenUp(1);
    }

    @Test
    void soDoesOneOfGrpc() throws Exception {
        try (RpcUpload _ = endless()) {
            server.admin().awaitFetching(1);
        }
        server.admin().awaitGivenUp(1);
    }

    @Test
    void downloadsOfBothProtocolsShareTheirPlacesAndTakeNoneFromUploads() throws Exception {
        List<RpcUpload> downloads = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                downloads.add(endless());
            }
            server.admin().awaitFetching(8);

            try (RpcUpload ninth = endless()) {
                assertThat(ninth.failure().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            }
            try (Socket rest = endlessByRest()) {
                assertThat(new String(rest.getInputStream().readNBytes(12), US_ASCII))
                        .isEqualTo("HTTP/1.1 429");
            }
            try (RpcUpload upload = new RpcUpload(channel)) {
                upload.order("digits", 1);
                upload.chunk("model.onnx", ByteString.copyFromUtf8("a model"));
                assertThat(upload.finished().getServing()).isTrue();
            }
        } finally {
            downloads.forEach(RpcUpload::close);
        }
        server.admin().awaitGivenUp(8);
    }

    private RpcUpload endless() {
        RpcUpload download = new RpcUpload(channel);
        download.order(Order.newBuilder().setModel("digits").setUri(MemoryAdmin.ENDLESS));
        download.complete();
        return download;
    }

    private Socket endlessByRest() throws IOException {
        String body = "{\"model\":\"digits\",\"uri\":\"%s\"}".formatted(MemoryAdmin.ENDLESS);
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
        client.getOutputStream()
                .write(
                        "POST /api/v1/models HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                                .formatted(body.length(), body)
                                .getBytes(US_ASCII));
        return client;
    }
}
