package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.admin.ModelAdmin;
import org.jspecify.annotations.Nullable;

/// Has the audit log, if there is one, say what somebody has done that is not in the record of models. It is
/// done by then: a log that cannot be reached is told, and changes nothing. Thread-safe; blocks: never on an
/// event loop.
final class AuditNotes {
    private static final System.Logger LOG = System.getLogger(AuditNotes.class.getName());

    private final @Nullable ModelAdmin admin;

    /// @param admin whose audit log it is; null if there is none
    AuditNotes(@Nullable ModelAdmin admin) {
        this.admin = admin;
    }

    /// @param model "" if it is about none
    /// @param detail of what is not in the model and the action
    void note(String model, String who, String action, String detail) {
        if (admin == null) {
            return;
        }
        try {
            admin.note(model, who, action, detail);
        } catch (ServingException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the audit log does not say that {0} did this: {1} {2}: {3}",
                    who,
                    action,
                    detail,
                    e.getMessage());
        }
    }
}
