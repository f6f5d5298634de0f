package dev.penstock.server.rest;

import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.upload.UploadSettings;
import org.jspecify.annotations.Nullable;

/// Shows the models of the record, and registers, moves and retires their versions.
final class RecordedModelRoutes implements AdminHandler {
    private final ModelActs acts;
    private final ModelUploads uploads;
    private final BodyLimit uploadLimit;

    RecordedModelRoutes(Catalog catalog, ModelAdmin admin, UploadSettings settings) {
        this.uploadLimit = new BodyLimit(settings.maxBytes(), settings.setting());
        this.acts = new ModelActs(catalog, admin);
        this.uploads = new ModelUploads(admin, settings, uploadLimit);
    }

    @Override
    public void handle(HttpExchange exchange, AdminRoute.Target target) {
        String model = target.model();
        switch (target.route()) {
            case MODELS -> acts.all(exchange);
            case REGISTER -> uploads.register(exchange);
            case MODEL -> acts.one(exchange, model);
            case DELETE_MODEL -> acts.delete(exchange, model, 0);
            case EVENTS -> acts.events(exchange, model);
            case POLICY -> acts.policy(exchange, model);
            case PROMOTE -> acts.promote(exchange, model, target.alias());
            case DROP_ALIAS -> acts.dropAlias(exchange, model, target.alias());
            case ROLL_BACK -> acts.rollBack(exchange, model, target.alias());
            case UPLOAD -> uploads.upload(exchange, model, target.version());
            case DELETE_VERSION -> acts.delete(exchange, model, target.version());
            case LOAD -> acts.want(exchange, model, target.version(), true);
            case UNLOAD -> acts.want(exchange, model, target.version(), false);
            case VERIFY -> acts.verify(exchange, model, target.version());
            case AUDIT -> acts.audit(exchange);
            default -> throw target.misplaced();
        }
    }

    @Override
    public @Nullable BodyLimit streamed(AdminRoute route) {
        return route == AdminRoute.REGISTER || route == AdminRoute.UPLOAD ? uploadLimit : null;
    }
}
