package dev.penstock.server.grpc;

import com.google.protobuf.Message;
import dev.penstock.core.ServingException;
import dev.penstock.proto.admin.Alias;
import dev.penstock.proto.admin.DeleteRequest;
import dev.penstock.proto.admin.DeleteResponse;
import dev.penstock.proto.admin.DropAliasRequest;
import dev.penstock.proto.admin.DropAliasResponse;
import dev.penstock.proto.admin.EventsRequest;
import dev.penstock.proto.admin.EventsResponse;
import dev.penstock.proto.admin.HistoryRequest;
import dev.penstock.proto.admin.HistoryResponse;
import dev.penstock.proto.admin.ListRequest;
import dev.penstock.proto.admin.ListResponse;
import dev.penstock.proto.admin.LoadRequest;
import dev.penstock.proto.admin.LoadResponse;
import dev.penstock.proto.admin.Model;
import dev.penstock.proto.admin.ModelAdminGrpc;
import dev.penstock.proto.admin.PromoteRequest;
import dev.penstock.proto.admin.RegisterRequest;
import dev.penstock.proto.admin.RegisterResponse;
import dev.penstock.proto.admin.RollbackRequest;
import dev.penstock.proto.admin.SetPolicyRequest;
import dev.penstock.proto.admin.SetPolicyResponse;
import dev.penstock.proto.admin.ShowRequest;
import dev.penstock.proto.admin.UnloadRequest;
import dev.penstock.proto.admin.UnloadResponse;
import dev.penstock.proto.admin.VerifyRequest;
import dev.penstock.proto.admin.VerifyResponse;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelPage;
import dev.penstock.server.upload.Places;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The admin API: what REST offers on the same port. All of it may wait for the record, so it happens off the
/// event loops.
final class AdminService extends ModelAdminGrpc.ModelAdminImplBase {
    private static final int MAX_CALLS = 64;

    private final Catalog catalog;
    private final @Nullable ModelAdmin admin;
    private final @Nullable RegisterCalls registering;
    private final WaitingCalls calls = new WaitingCalls("the admin call", new Places(MAX_CALLS));

    /// @param admin null on a server without a record, as is `registering`
    AdminService(Catalog catalog, @Nullable ModelAdmin admin, @Nullable RegisterCalls registering) {
        this.catalog = catalog;
        this.admin = admin;
        this.registering = registering;
    }

    @Override
    public StreamObserver<RegisterRequest> register(StreamObserver<RegisterResponse> observer) {
        // What grpc-java hands to a service is always one of these.
        ServerCallStreamObserver<RegisterResponse> call = (ServerCallStreamObserver<RegisterResponse>) observer;
        return registering == null
                ? UploadCalls.refused(call, ModelAdmin.noRecord())
                : registering.start(call, Exposure.current());
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> observer) {
        ModelAdmin recorded = admin;
        calls.answer(observer, () -> {
            List<ModelPage> pages =
                    ModelPage.all(catalog.models(), recorded == null ? List.of() : recorded.registered());
            return ListResponse.newBuilder()
                    .addAllModels(pages.stream().map(AdminMessages::model).toList())
                    .build();
        });
    }

    @Override
    public void show(ShowRequest request, StreamObserver<Model> observer) {
        String model = about(request.getModel());
        calls.answer(observer, () -> AdminMessages.model(ModelPage.find(model, catalog, admin)));
    }

    @Override
    public void promote(PromoteRequest request, StreamObserver<Alias> observer) {
        String model = about(request.getModel());
        long version = AdminOrders.version(request.getVersion());
        change(
                observer,
                (to, who) ->
                        AdminMessages.alias(to.promote(model, request.getAlias(), version, who), catalog.model(model)));
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<Alias> observer) {
        String model = about(request.getModel());
        change(
                observer,
                (to, who) -> AdminMessages.alias(to.rollBack(model, request.getAlias(), who), catalog.model(model)));
    }

    @Override
    public void dropAlias(DropAliasRequest request, StreamObserver<DropAliasResponse> observer) {
        String model = about(request.getModel());
        change(observer, (to, who) -> {
            to.dropAlias(model, request.getAlias(), who);
            return DropAliasResponse.getDefaultInstance();
        });
    }

    @Override
    public void load(LoadRequest request, StreamObserver<LoadResponse> observer) {
        String model = about(request.getModel());
        long version = AdminOrders.version(request.getVersion());
        change(observer, (to, who) -> {
            to.setWanted(model, version, true, who);
            return LoadResponse.getDefaultInstance();
        });
    }

    @Override
    public void unload(UnloadRequest request, StreamObserver<UnloadResponse> observer) {
        String model = about(request.getModel());
        long version = AdminOrders.version(request.getVersion());
        change(observer, (to, who) -> {
            to.setWanted(model, version, false, who);
            return UnloadResponse.getDefaultInstance();
        });
    }

    @Override
    public void setPolicy(SetPolicyRequest request, StreamObserver<SetPolicyResponse> observer) {
        String model = about(request.getModel());
        if (request.getPolicy().isEmpty()) {
            throw ServingException.invalid("policy: '' (expected: latest N, all, or specific 1,2)");
        }
        change(
                observer,
                (to, who) -> SetPolicyResponse.newBuilder()
                        .setPolicy(to.setPolicy(model, request.getPolicy(), who).policy())
                        .build());
    }

    @Override
    public void verify(VerifyRequest request, StreamObserver<VerifyResponse> observer) {
        String model = about(request.getModel());
        long version = AdminOrders.version(request.getVersion());
        change(
                observer,
                (to, _) -> VerifyResponse.newBuilder()
                        .addAllProblems(to.verify(model, version))
                        .build());
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
        String model = about(request.getModel());
        // A version that was forgotten must not cost the whole model.
        if (request.getWholeModel() != (request.getVersion() == 0) || request.getVersion() < 0) {
            throw ServingException.invalid("version: %d, whole_model: %s (expected: a version, or the whole model)"
                    .formatted(request.getVersion(), request.getWholeModel()));
        }
        change(observer, (to, who) -> {
            to.delete(model, request.getVersion(), who);
            return DeleteResponse.getDefaultInstance();
        });
    }

    @Override
    public void history(HistoryRequest request, StreamObserver<HistoryResponse> observer) {
        int asked = request.getLimit();
        if (asked < 0 || asked > ModelAdmin.MAX_HISTORY || request.getBefore() < 0) {
            throw ServingException.invalid("limit: %d, before: %d (expected: 0 to %d, and >= 0)"
                    .formatted(asked, request.getBefore(), ModelAdmin.MAX_HISTORY));
        }
        int limit = asked == 0 ? ModelAdmin.USUAL_HISTORY : asked;
        long before = request.getBefore() == 0 ? Long.MAX_VALUE : request.getBefore();
        change(
                observer,
                (from, _) -> HistoryResponse.newBuilder()
                        .addAllEntries(from.history(request.getModel(), before, limit).stream()
                                .map(AdminMessages::audit)
                                .toList())
                        .build());
    }

    @Override
    public void events(EventsRequest request, StreamObserver<EventsResponse> observer) {
        String model = about(request.getModel());
        change(
                observer,
                (from, _) -> EventsResponse.newBuilder()
                        .addAllEvents(from.events(model).stream()
                                .map(AdminMessages::event)
                                .toList())
                        .build());
    }

    private static String about(String model) {
        Exposure.current().model(AdminOrders.model(model));
        return model;
    }

    /// @param work is told who asks
    private <A extends Message> void change(StreamObserver<A> observer, BiFunction<ModelAdmin, String, A> work) {
        ModelAdmin recorded = admin;
        if (recorded == null) {
            throw ModelAdmin.noRecord();
        }
        String who = Exposure.current().principal();
        calls.answer(observer, () -> work.apply(recorded, who));
    }
}
