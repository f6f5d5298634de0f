package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.upload.ReceivedFiles;
import dev.penstock.server.upload.UploadSettings;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/// Registers versions: receives what comes with the request, then answers when the version serves or cannot.
/// Who asks for lines is told each step on the way.
final class ModelUploads {
    static final String LINES = "application/x-ndjson";

    /// What is still read of a body that is refused, so that clients that send all of it first hear why.
    private static final long MAX_SKIPPED_BYTES = 64L << 20;

    private final ModelAdmin admin;
    private final Receiving receiving;
    private final OffLoop uploads;
    private final OffLoop downloads;

    ModelUploads(ModelAdmin admin, UploadSettings settings, BodyLimit limit) {
        this.admin = admin;
        this.uploads = new OffLoop(settings.places());
        this.downloads = new OffLoop(settings.downloads());
        this.receiving = new Receiving(settings.files(), limit);
    }

    /// What a request brings.
    private interface Arrival {
        RegisterOrder receive(StreamedBody body) throws IOException;
    }

    /// `POST /api/v1/models`
    void register(HttpExchange exchange) {
        String type = exchange.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
        boolean parts = isType(type, "multipart/form-data");
        checkType(exchange, parts || isType(type, "application/json"), "application/json or multipart/form-data");
        answer(
                exchange,
                parts ? uploads : downloads,
                body -> parts ? receiving.parts(body, type) : receiving.order(body));
    }

    /// `PUT /api/v1/models/{model}/versions/{version}`
    void upload(HttpExchange exchange, String model, long version) {
        String type = exchange.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
        checkType(exchange, type.isEmpty() || isType(type, "application/octet-stream"), "application/octet-stream");
        String sha256 =
                ReceivedFiles.checkSha256(exchange.headers().get(Receiving.SHA256, ""), "header X-Penstock-Sha256");
        answer(exchange, uploads, body -> OrderReader.plain(model, version, receiving.file(body, sha256)));
    }

    private static boolean isType(String type, String wanted) {
        return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(wanted);
    }

    private static void checkType(HttpExchange exchange, boolean known, String expected) {
        String coding = exchange.headers().get(HttpHeaderNames.CONTENT_ENCODING, "");
        if (!known || !coding.isEmpty()) {
            String type = exchange.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
            throw ServingException.invalid("Content-Type: '%s'%s (expected: %s, not compressed)"
                    .formatted(
                            HeaderText.quote(type),
                            coding.isEmpty() ? "" : ", Content-Encoding: '" + HeaderText.quote(coding) + "'",
                            expected));
        }
    }

    private void answer(HttpExchange exchange, OffLoop places, Arrival arrival) {
        String accepted = String.join(",", exchange.headers().getAll(HttpHeaderNames.ACCEPT));
        boolean lines = accepted.toLowerCase(Locale.ROOT).contains(LINES);
        places.answer(exchange, "register", () -> work(exchange, arrival, lines));
    }

    private Supplier<FullHttpResponse> work(HttpExchange exchange, Arrival arrival, boolean lines) {
        StreamedBody body = exchange.content();
        RegisterOrder order;
        try {
            receiving.announce(Long.parseLong(exchange.headers().get(HttpHeaderNames.CONTENT_LENGTH, "0")));
            order = arrival.receive(body);
        } catch (IOException | FetchException | ServingException e) {
            Supplier<FullHttpResponse> refusal = refusal(e, body);
            body.skipRest(MAX_SKIPPED_BYTES);
            return refusal;
        }
        exchange.about(order.model(), order.version());
        return registered(exchange, order, lines);
    }

    /// Whatever came of it, if the body broke off that is the reason.
    private static Supplier<FullHttpResponse> refusal(Exception cause, StreamedBody body) {
        BodyFailure failure = body.failure();
        if (failure != null) {
            HeadRules.Refusal refusal = failure.refusal();
            return () -> RestErrors.of(refusal.status(), refusal.message());
        }
        return switch (cause) {
            case ServingException refused -> () -> RestErrors.of(refused);
            case FetchException kept -> () -> RestErrors.of(statusOf(kept.reason()), String.valueOf(kept.getMessage()));
            default -> throw new IllegalStateException("the body could not be read", cause);
        };
    }

    private static HttpResponseStatus statusOf(FetchException.Reason reason) {
        return switch (reason) {
            case REFUSED, CORRUPT -> HttpResponseStatus.BAD_REQUEST;
            case NOT_FOUND -> HttpResponseStatus.NOT_FOUND;
            case TOO_LARGE -> HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE;
            case UNREACHABLE -> HttpResponseStatus.BAD_GATEWAY;
            case DISK -> HttpResponseStatus.INSUFFICIENT_STORAGE;
        };
    }

    private Supplier<FullHttpResponse> registered(HttpExchange exchange, RegisterOrder order, boolean lines) {
        AnswerParts parts = exchange.parts(LINES);
        Consumer<LifecycleEvent> progress =
                lines ? event -> parts.offer(line(json -> LifecycleJson.writeEvent(json, event))) : event -> {};
        try {
            Registration registration = admin.register(order, exchange.principal(), progress, exchange::abandoned);
            exchange.about(registration.model(), registration.version().number());
            return outcome(lines, status(registration, order), json -> write(json, registration));
        } catch (ServingException e) {
            return lines
                    ? outcome(
                            true, RestErrors.statusOf(e.code()), json -> json.writeStringProperty("error", e.reason()))
                    : () -> RestErrors.of(e);
        }
    }

    private static void write(JsonGenerator json, Registration registration) {
        if (registration.failed()) {
            json.writeStringProperty("error", registration.error());
        }
        LifecycleJson.writeRegistrationFields(json, registration);
    }

    private static HttpResponseStatus status(Registration registration, RegisterOrder order) {
        if (registration.failed()) {
            return HttpResponseStatus.UNPROCESSABLE_ENTITY;
        }
        return registration.isNew() && !order.dryRun() ? HttpResponseStatus.CREATED : HttpResponseStatus.OK;
    }

    /// The result; among lines it is the one with a status.
    private static Supplier<FullHttpResponse> outcome(
            boolean lines, HttpResponseStatus status, Consumer<JsonGenerator> fields) {
        byte[] text = line(json -> {
            json.writeStartObject();
            if (lines) {
                json.writeNumberProperty("status", status.code());
            }
            fields.accept(json);
            json.writeEndObject();
        });
        CharSequence type = lines ? LINES : HttpHeaderValues.APPLICATION_JSON;
        return () -> Replies.of(status, type, Unpooled.wrappedBuffer(text));
    }

    private static byte[] line(Consumer<JsonGenerator> content) {
        return (Json.text(content) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
