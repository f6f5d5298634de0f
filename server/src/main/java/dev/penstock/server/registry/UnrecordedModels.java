package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.ModelRecord;
import java.util.List;
import java.util.function.Consumer;

/// Of a server without a record: there is nothing, and nothing can be changed.
final class UnrecordedModels implements ModelAdmin {
    private static ServingException refusal() {
        return new ServingException(
                ErrorCode.UNSUPPORTED,
                "this server keeps no record of models: start it with --data-dir DIR, a folder to keep them in");
    }

    @Override
    public Registration register(RegisterOrder order, String who, Consumer<LifecycleEvent> progress) {
        throw refusal();
    }

    @Override
    public List<ModelRecord> registered() {
        return List.of();
    }

    @Override
    public ModelRecord registered(String model) {
        throw RecordKeeper.notRegistered(model);
    }

    @Override
    public AliasRecord promote(String model, String alias, long version, String who) {
        throw refusal();
    }

    @Override
    public AliasRecord promoteFor(String rollout, String model, String alias, long version) {
        throw refusal();
    }

    @Override
    public AliasRecord rollBack(String model, String alias, String who) {
        throw refusal();
    }

    @Override
    public void dropAlias(String model, String alias, String who) {
        throw refusal();
    }

    @Override
    public void setWanted(String model, long version, boolean wanted, String who) {
        throw refusal();
    }

    @Override
    public ModelRecord setPolicy(String model, String policy, String who) {
        throw refusal();
    }

    @Override
    public void delete(String model, long version, String who) {
        throw refusal();
    }

    @Override
    public List<String> verify(String model, long version) {
        throw refusal();
    }

    @Override
    public void note(String model, String who, String action, String detail) {}

    @Override
    public List<AuditEntry> history(String model, long before, int limit) {
        return List.of();
    }

    @Override
    public List<LifecycleEvent> events(String model) {
        return List.of();
    }
}
