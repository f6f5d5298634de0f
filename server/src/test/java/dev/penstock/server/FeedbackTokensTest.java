package dev.penstock.server;

import static dev.penstock.server.TokenTraffic.HEADER;
import static dev.penstock.server.TokenTraffic.IRIS;
import static dev.penstock.server.TokenTraffic.SETOSA;
import static dev.penstock.server.TokenTraffic.VIRGINICA;
import static dev.penstock.server.TokenTraffic.feedback;
import static dev.penstock.server.TokenTraffic.feeding;
import static dev.penstock.server.TokenTraffic.item;
import static dev.penstock.server.TokenTraffic.items;
import static dev.penstock.server.TokenTraffic.post;
import static dev.penstock.server.TokenTraffic.request;
import static dev.penstock.server.TokenTraffic.streamed;
import static dev.penstock.server.TokenTraffic.take;
import static dev.penstock.server.TokenTraffic.token;
import static dev.penstock.server.TokenTraffic.v2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.feedback.Quality;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tokens of answers, over real sockets: who gets them, and which are believed.
@Timeout(400)
class FeedbackTokensTest {
    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void everyDoorsAnswersHaveTokensOfTheSameForm(GrpcTransport transport) throws Exception {
        try (RunningGateway gateway = feeding(transport, feedback(Optional.empty()), null);
                GrpcClient client = GrpcClient.of(gateway)) {
            AtomicReference<Metadata> headers = new AtomicReference<>();
            ModelInferResponse answer = client.stub()
                    .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
                    .modelInfer(request(SETOSA));
            String token = token(answer);
            assertThat(headers.get().get(Metadata.Key.of(HEADER, Metadata.ASCII_STRING_MARSHALLER)))
                    .isEqualTo(token);
            List<String> tokens = new ArrayList<>(List.of(token, token(streamed(client))));

            HttpResponse<String> plain = post(gateway, "/v2/models/iris/infer", v2(SETOSA, false));
            JsonNode json = JsonMapper.shared().readTree(plain.body());
            assertThat(json.path("parameters").path("feedback_token").asString())
                    .isEqualTo(plain.headers().firstValue(HEADER).orElseThrow());
            tokens.add(plain.headers().firstValue(HEADER).orElseThrow());
            HttpResponse<String> binary = post(gateway, "/v2/models/iris/infer", v2(SETOSA, true));
            tokens.add(binary.headers().firstValue(HEADER).orElseThrow());
            HttpResponse<String> predicted =
                    post(gateway, "/v1/models/iris:predict", "{\"instances\":[[5.1,3.5,1.4,0.2]]}");
            tokens.add(predicted.headers().firstValue(HEADER).orElseThrow());

            assertThat(tokens).doesNotHaveDuplicates().allMatch(one -> one.matches("[A-Za-z0-9_-]{50,52}"));
            JsonNode result = take(gateway, items(tokens, "\"label\":0"));
            assertThat(result.path("accepted").asLong()).as(result.toString()).isEqualTo(5);
            Quality quality = gateway.feedbackTaken().quality(IRIS, null);
            assertThat(quality.counts().labels()).isEqualTo(5);
            assertThat(quality.counts().right()).isEqualTo(5);
            assertThat(quality.predictions()).isEqualTo(5);
        }
    }

    @Test
    void withoutTokensAnswersAreAsTheyWere() throws Exception {
        try (RunningGateway off = feeding(GrpcTransport.NETTY_DOOR, ServerConfig.Feedback.OFF, null);
                RunningGateway on = feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.empty()), null);
                GrpcClient offClient = GrpcClient.of(off);
                GrpcClient onClient = GrpcClient.of(on)) {
            ModelInferResponse with = onClient.stub().modelInfer(request(VIRGINICA));
            ModelInferResponse without = offClient.stub().modelInfer(request(VIRGINICA));
            assertThat(without).isEqualTo(with.toBuilder().clearParameters().build());
            assertThat(without.getParametersMap()).isEmpty();

            HttpResponse<String> plain = post(off, "/v2/models/iris/infer", v2(VIRGINICA, false));
            assertThat(plain.headers().firstValue(HEADER)).isEmpty();
            String marked =
                    post(on, "/v2/models/iris/infer", v2(VIRGINICA, false)).body();
            assertThat(marked.replaceFirst(",\"parameters\":\\{\"feedback_token\":\"[^\"]+\"}", ""))
                    .isNotEqualTo(marked)
                    .isEqualTo(plain.body());
            JsonNode refused = take(off, items(List.of(token(with)), "\"label\":0"));
            assertThat(refused.path("items").path(0).path("status").asInt()).isEqualTo(400);
        }
    }

    @Test
    void whatIsForgedLateOrSaidBeforeDoesNotCount() throws Exception {
        try (RunningGateway gateway = feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.empty()), null);
                GrpcClient client = GrpcClient.of(gateway)) {
            String token = token(client.stub().modelInfer(request(SETOSA)));
            char last = token.charAt(token.length() - 2);
            String forged = token.substring(0, token.length() - 2)
                    + (last == 'A' ? 'B' : 'A')
                    + token.charAt(token.length() - 1);
            String body = String.join(
                    "\n",
                    item(token, "\"label\":9"),
                    item(token, "\"label\":\"cow\""),
                    item(token, "\"value\":1.5"),
                    item(token, "\"row\":3,\"label\":0"),
                    item(token, "\"at\":\"2001-01-01T00:00:00Z\",\"label\":0"),
                    item(token, "\"label\":0,\"reward\":1"),
                    item(token, "\"lable\":0"),
                    item(forged, "\"label\":0"),
                    item("what", "\"label\":0"),
                    item(token, "\"label\":2"),
                    item(token, "\"label\":2"),
                    item(token, "\"reward\":0.5"),
                    item(token, "\"reward\":0.5"));

            JsonNode answer = take(gateway, body);

            List<Integer> statuses = new ArrayList<>();
            answer.path("items").forEach(one -> statuses.add(one.path("status").asInt()));
            assertThat(statuses)
                    .as(answer.toString())
                    .containsExactly(400, 400, 400, 400, 400, 400, 400, 400, 400, 202, 409, 202, 409);
            assertThat(answer.path("items").path(0).path("error").asString()).isEqualTo("label: 9 (expected: 0..2)");
            assertThat(answer.path("items").path(6).path("error").asString()).contains("'lable' is unknown", "label");
            assertThat(gateway.feedbackTaken().quality(IRIS, null).counts().right())
                    .isZero();
            assertThat(post(gateway, "/api/v1/feedback", "[{]").statusCode()).isEqualTo(400);
            assertThat(post(gateway, "/api/v1/feedback", "[] 3").statusCode()).isEqualTo(400);

            gateway.monitoring().tick(System.currentTimeMillis() + 600_000);
            Metrics metrics = Metrics.of(gateway);
            assertThat(metrics.sum("penstock_feedback_total", "model=\"iris\"", "result=\"accepted\""))
                    .isEqualTo(2);
            assertThat(metrics.sum("penstock_feedback_total", "model=\"iris\"", "result=\"duplicate\""))
                    .isEqualTo(2);
            assertThat(metrics.sum("penstock_feedback_total", "model=\"iris\"", "result=\"invalid\""))
                    .isEqualTo(5);
            assertThat(metrics.sum("penstock_feedback_total", "model=\"other\"", "result=\"invalid\""))
                    .isEqualTo(4);
            assertThat(metrics.sum("penstock_label_delay_seconds_count", "model=\"iris\""))
                    .isEqualTo(1);
            String[] accuracy = {
                "model=\"iris\"", "metric=\"accuracy\"", "kind=\"realised\"", "bound=\"point\"", "window=\"1h\""
            };
            assertThat(metrics.has("penstock_quality", accuracy)).isTrue();
            assertThat(metrics.sum("penstock_quality", accuracy)).isZero();
        }
    }
}
