package dev.penstock.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.json.JsonMapper;

/// Asks in every way there is, over real sockets.
final class RoutedClient implements AutoCloseable {
    /// How a call is made that needs nothing unusual, and one that does.
    enum Way {
        GRPC,
        GRPC_TYPED,
        REST,
        REST_BINARY,
        REST_CHUNKED,
        REST_CHUNKED_BINARY,
        V1
    }

    /// What an answer says of its arm.
    record Said(String arm, String assignment, String model, String version) {}

    private final RunningGateway gateway;
    final GrpcClient grpc;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final BlockingQueue<ModelStreamInferResponse> streamed = new LinkedBlockingQueue<>();
    private final List<StreamObserver<ModelInferRequest>> streams = new ArrayList<>();

    RoutedClient(RunningGateway gateway) {
        this.gateway = gateway;
        this.grpc = GrpcClient.of(gateway);
    }

    Said ask(Way way, String route, Map<String, String> headers) throws Exception {
        return switch (way) {
            case GRPC -> grpc(request(route, false), headers);
            case GRPC_TYPED -> grpc(request(route, true), headers);
            case REST -> rest("/v2/models/" + route + "/infer", V2, headers, false);
            case REST_CHUNKED -> rest("/v2/models/" + route + "/infer", V2, headers, true);
            case REST_BINARY -> rest("/v2/models/" + route + "/infer", BINARY, headers, false);
            case REST_CHUNKED_BINARY -> rest("/v2/models/" + route + "/infer", BINARY, headers, true);
            case V1 -> rest("/v1/models/" + route + ":predict", "{\"instances\":[[1,2,3,4]]}", headers, false);
        };
    }

    private static final String V2 = """
            {"parameters":{"user":"user-7","more":[1,{"a":2}]},
             "inputs":[{"name":"x","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]}]}""";

    private static final String BINARY = V2.replace("\"user-7\"", "\"user-7\",\"binary_data_output\":true");

    static ModelInferRequest request(String model, boolean typed) {
        ModelInferRequest.Builder request = GrpcClient.request(model)
                .putParameters(
                        "user",
                        InferParameter.newBuilder().setStringParam("user-7").build());
        if (!typed) {
            return request.addInputs(GrpcClient.input("x", "FP32", 1, 4))
                    .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                    .build();
        }
        ModelInferRequest.InferInputTensor.Builder input = GrpcClient.input("x", "FP32", 1, 4).toBuilder();
        input.getContentsBuilder().addAllFp32Contents(List.of(1f, 2f, 3f, 4f));
        return request.addInputs(input).build();
    }

    private static Metadata metadata(Map<String, String> headers) {
        Metadata metadata = new Metadata();
        headers.forEach((name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        return metadata;
    }

    static Metadata metadata(String head) {
        Metadata metadata = new Metadata();
        head.lines().forEach(line -> {
            int colon = line.indexOf(':');
            metadata.put(
                    Metadata.Key.of(line.substring(0, colon), Metadata.ASCII_STRING_MARSHALLER),
                    line.substring(colon + 1).strip());
        });
        return metadata;
    }

    /// The JDK's client sends headers of ASCII only.
    Said bytes(String path, String head) throws Exception {
        String body = path.startsWith("/v1") ? "{\"instances\":[[1,2,3,4]]}" : V2;
        URI uri = URI.create(TestGateways.url(gateway, path));
        try (Socket socket = new Socket(InetAddress.getByName(uri.getHost()), uri.getPort())) {
            socket.setSoTimeout(120_000);
            String request = "POST %s HTTP/1.1\r\nhost: x\r\n%scontent-length: %d\r\n\r\n%s"
                    .formatted(path, head, body.getBytes(UTF_8).length, body);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            Map<String, List<String>> said = new HashMap<>();
            assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                int colon = line.indexOf(':');
                said.put(
                        line.substring(0, colon),
                        List.of(line.substring(colon + 1).strip()));
            }
            return said(HttpHeaders.of(said, (_, _) -> true));
        }
    }

    Said grpc(ModelInferRequest request, Map<String, String> headers) {
        return grpc(request, metadata(headers));
    }

    Said grpc(ModelInferRequest request, Metadata headers) {
        AtomicReference<Metadata> answered = new AtomicReference<>();
        ModelInferResponse response = grpc.stub()
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(headers),
                        MetadataUtils.newCaptureMetadataInterceptor(answered, new AtomicReference<>()))
                .modelInfer(request);
        Said said = said(answered.get());
        Map<String, String> parameters = new HashMap<>();
        response.getParametersMap().forEach((name, value) -> parameters.put(name, value.getStringParam()));
        assertThat(parameters).isEqualTo(parameters(said));
        return said;
    }

    Metadata failure(ModelInferRequest request) {
        try {
            throw new AssertionError(grpc.stub().modelInfer(request) + " (expected: a failure)");
        } catch (StatusRuntimeException e) {
            Metadata trailers = e.getTrailers();
            assertThat(trailers).isNotNull();
            return trailers;
        }
    }

    HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, path)))
                        .build(),
                BodyHandlers.ofString());
    }

    static Said said(Metadata metadata) {
        assertThat(metadata).isNotNull();
        return new Said(
                text(metadata, "x-penstock-arm"),
                text(metadata, "x-penstock-assignment"),
                text(metadata, "x-penstock-route"),
                text(metadata, "x-penstock-version"));
    }

    private static String text(Metadata metadata, String name) {
        String value = metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        return value == null ? "" : value;
    }

    Said rest(String path, String body, Map<String, String> headers, boolean chunked) throws Exception {
        HttpResponse<String> response = post(path, body, headers, chunked);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Said said = said(response.headers());
        String json = response.headers()
                .firstValue("inference-header-content-length")
                .map(length -> response.body().substring(0, Integer.parseInt(length)))
                .orElse(response.body());
        Map<String, String> parameters = new HashMap<>();
        JsonMapper.shared()
                .readTree(json)
                .path("parameters")
                .properties()
                .forEach(each -> parameters.put(each.getKey(), each.getValue().asString()));
        assertThat(parameters).isEqualTo(path.startsWith("/v1") ? Map.of() : parameters(said));
        return said;
    }

    /// What the body of an answer says, given its headers.
    private static Map<String, String> parameters(Said said) {
        return said.arm().isEmpty()
                ? Map.of()
                : Map.of(
                        "penstock_route", said.model(),
                        "penstock_arm", said.arm(),
                        "penstock_assignment", said.assignment());
    }

    HttpResponse<String> post(String path, String body, Map<String, String> headers, boolean chunked) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, path)));
        headers.forEach(request::header);
        byte[] bytes = body.getBytes(UTF_8);
        request.POST(
                chunked
                        ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))
                        : BodyPublishers.ofByteArray(bytes));
        return http.send(request.build(), BodyHandlers.ofString(ISO_8859_1));
    }

    static Said said(HttpHeaders said) {
        return new Said(
                said.firstValue("x-penstock-arm").orElse(""),
                said.firstValue("x-penstock-assignment").orElse(""),
                said.firstValue("x-penstock-route").orElse(""),
                said.firstValue("x-penstock-version").orElse(""));
    }

    void openStream(Map<String, String> headers) {
        openStream(metadata(headers));
    }

    void openStream(Metadata headers) {
        streams.add(GRPCInferenceServiceGrpc.newStub(grpc.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .modelStreamInfer(new StreamObserver<>() {
                    @Override
                    public void onNext(ModelStreamInferResponse response) {
                        streamed.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        streamed.add(ModelStreamInferResponse.newBuilder()
                                .setErrorMessage(failure.toString())
                                .build());
                    }

                    @Override
                    public void onCompleted() {}
                }));
    }

    String askStream(boolean typed) throws InterruptedException {
        streams.getLast().onNext(request("score", typed));
        ModelStreamInferResponse response = streamed.poll(120, TimeUnit.SECONDS);
        assertThat(response).isNotNull();
        assertThat(response.getErrorMessage()).isEmpty();
        Map<String, InferParameter> said = response.getInferResponse().getParametersMap();
        assertThat(said).containsKeys("penstock_route", "triton_final_response");
        return text(said, "penstock_arm") + " " + text(said, "penstock_assignment");
    }

    private static String text(Map<String, InferParameter> parameters, String name) {
        InferParameter parameter = parameters.get(name);
        assertThat(parameter).as(name).isNotNull();
        return parameter.getStringParam();
    }

    @Override
    public void close() {
        streams.forEach(StreamObserver::onCompleted);
        grpc.close();
        http.close();
    }
}
