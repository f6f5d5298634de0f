package dev.penstock.server.store;

import java.time.Instant;

/// Why a record changes, for the audit log.
///
/// @param who the caller's principal, or `local`
/// @param action what was asked for: `register`, `promote`, `rollback`, `unload`, `delete`, `gates`
/// @param detail for people: `version 3 from s3://…`
public record Act(String who, String action, String detail, Instant at) {
    /// A bandit dealt new shares, as it may each second for weeks.
    public static final String REWEIGHTED = "rollout reweighted";
}
