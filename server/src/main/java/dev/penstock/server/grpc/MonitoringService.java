package dev.penstock.server.grpc;

import com.google.protobuf.ByteString;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.proto.admin.AddBaselineRequest;
import dev.penstock.proto.admin.BaselineContent;
import dev.penstock.proto.admin.BaselineOrder;
import dev.penstock.proto.admin.DeleteBaselineRequest;
import dev.penstock.proto.admin.DeleteBaselineResponse;
import dev.penstock.proto.admin.GetBaselineRequest;
import dev.penstock.proto.admin.HoldVersionRequest;
import dev.penstock.proto.admin.HoldVersionResponse;
import dev.penstock.proto.admin.ListBaselinesRequest;
import dev.penstock.proto.admin.ListBaselinesResponse;
import dev.penstock.proto.admin.MonitoringGrpc;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.monitoring.Baseline;
import dev.penstock.server.monitoring.BaselineUpload;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.monitoring.WindowText;
import dev.penstock.server.store.SlowDiskException;
import dev.penstock.server.upload.Places;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.function.Supplier;

/// What is usual of models, over gRPC: what REST offers on the same port. All of it may wait for the record, so
/// it happens off the event loops.
final class MonitoringService extends MonitoringGrpc.MonitoringImplBase {
    private static final int MAX_CALLS = 64;

    /// Each holds a file in memory.
    private static final int MAX_UPLOADS = 4;

    private static final int MAX_FILE_BYTES = 16 << 20;

    private final Monitoring monitoring;
    private final Catalog catalog;
    private final WaitingCalls calls = new WaitingCalls("the call about baselines", new Places(MAX_CALLS));
    private final UploadCalls<AddBaselineRequest> uploads;

    /// @param patience with a caller that sends less than [IncomingParts#LEAST_BYTES]
    MonitoringService(Monitoring monitoring, Catalog catalog, Duration patience, NanoClock clock) {
        this.monitoring = monitoring;
        this.catalog = catalog;
        this.uploads = new UploadCalls<>("keeping the baseline", new Places(MAX_UPLOADS), patience, clock);
    }

    @Override
    public void listBaselines(ListBaselinesRequest request, StreamObserver<ListBaselinesResponse> observer) {
        String model = known(request.getModel());
        answer(
                observer,
                () -> ListBaselinesResponse.newBuilder()
                        .addAllBaselines(monitoring.baselines(model).stream()
                                .map(BaselineMessages::of)
                                .toList())
                        .build());
    }

    @Override
    public void getBaseline(GetBaselineRequest request, StreamObserver<BaselineContent> observer) {
        String model = known(request.getModel());
        answer(
                observer,
                () -> BaselineContent.newBuilder()
                        .setJson(monitoring.baseline(model, request.getId()).json())
                        .build());
    }

    @Override
    public void deleteBaseline(DeleteBaselineRequest request, StreamObserver<DeleteBaselineResponse> observer) {
        String model = known(request.getModel());
        String who = Exposure.current().principal();
        answer(observer, () -> {
            String pending = changed(() -> monitoring.remove(model, request.getId(), who));
            return DeleteBaselineResponse.newBuilder().setPending(pending).build();
        });
    }

    @Override
    public void holdVersion(HoldVersionRequest request, StreamObserver<HoldVersionResponse> observer) {
        ModelKey key = new ModelKey(known(request.getModel()), AdminOrders.version(request.getVersion()));
        String who = Exposure.current().principal();
        answer(observer, () -> {
            String pending = changed(() -> monitoring.hold(key, request.getId(), who));
            return HoldVersionResponse.newBuilder().setPending(pending).build();
        });
    }

    @Override
    public StreamObserver<AddBaselineRequest> addBaseline(StreamObserver<dev.penstock.proto.admin.Baseline> observer) {
        // What grpc-java hands to a service is always one of these.
        ServerCallStreamObserver<dev.penstock.proto.admin.Baseline> call =
                (ServerCallStreamObserver<dev.penstock.proto.admin.Baseline>) observer;
        Exposure exposure = Exposure.current();
        return uploads.start(call, parts -> {
            Baseline baseline = received(parts, exposure);
            String pending = changed(() -> monitoring.add(baseline, exposure.principal()));
            call.onNext(BaselineMessages.of(baseline).toBuilder()
                    .setPending(pending)
                    .build());
            call.onCompleted();
        });
    }

    private Baseline received(IncomingParts<AddBaselineRequest> parts, Exposure exposure) {
        try {
            AddBaselineRequest first = parts.next();
            if (first == null || !first.hasOrder()) {
                throw ServingException.invalid(
                        "the first message has no order (expected: the order, then the bytes of its file)");
            }
            BaselineOrder order = first.getOrder();
            String model = checked(order.getModel());
            exposure.model(model);
            byte[] file = file(parts);
            return order.hasCounted() ? counted(order, file) : read(monitoring.upload(model), order, file);
        } catch (BrokenUpload e) {
            throw new ServingException(e.code(), String.valueOf(e.getMessage()));
        }
    }

    private static byte[] file(IncomingParts<AddBaselineRequest> parts) throws BrokenUpload {
        ByteString file = ByteString.EMPTY;
        for (AddBaselineRequest next = parts.next(); next != null; next = parts.next()) {
            if (!next.hasData()) {
                throw ServingException.invalid(
                        "a message without data (expected: the order first, and then only bytes of the file)");
            }
            file = file.concat(next.getData());
            if (file.size() > MAX_FILE_BYTES) {
                throw new ServingException(
                        ErrorCode.TOO_LARGE, "the file is too large (expected: <= %d bytes)".formatted(MAX_FILE_BYTES));
            }
        }
        return file.toByteArray();
    }

    private Baseline counted(BaselineOrder order, byte[] file) {
        if (file.length > 0) {
            throw ServingException.invalid(
                    "counted and %d bytes of a file (expected: one of them)".formatted(file.length));
        }
        long version = AdminOrders.version(order.getCounted().getVersion());
        Duration length = WindowText.read("window", order.getCounted().getWindow());
        return monitoring.captured(new ModelKey(order.getModel(), version), length);
    }

    private static Baseline read(BaselineUpload upload, BaselineOrder order, byte[] file) {
        return switch (order.getFormat()) {
            case BASELINE_FORMAT_UNSPECIFIED, BASELINE_FORMAT_JSON -> upload.json(file);
            case BASELINE_FORMAT_CSV -> upload.csv(file);
            case BASELINE_FORMAT_PARQUET -> upload.parquet(file);
            case BASELINE_FORMAT_NPY -> upload.npy(file, order.getNamesList());
            case UNRECOGNIZED ->
                throw ServingException.invalid(
                        "format: %d (expected: JSON, CSV, PARQUET or NPY)".formatted(order.getFormatValue()));
        };
    }

    private String known(String model) {
        Exposure.current().model(AdminOrders.model(model));
        return checked(model);
    }

    private String checked(String model) {
        if (catalog.model(AdminOrders.model(model)) == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "model '%s' is unknown".formatted(model));
        }
        return model;
    }

    /// @return why it is not changed yet, or ""
    private static String changed(Runnable change) {
        try {
            change.run();
            return "";
        } catch (SlowDiskException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private <A> void answer(StreamObserver<A> observer, Supplier<A> work) {
        calls.answer(observer, () -> {
            try {
                return work.get();
            } catch (SlowDiskException e) {
                throw new ServingException(ErrorCode.NOT_READY, String.valueOf(e.getMessage()));
            }
        });
    }
}
