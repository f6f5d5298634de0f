package dev.penstock.router.rollout;

/// Something that stopped a rollout, or was found while it was stopped, and was told. Immutable.
///
/// @param event number of the one that told it
/// @param arm the candidate that it is of; the default arm's of what is no candidate's fault
/// @param reason a word
/// @param detail for people
public record Finding(long event, String arm, String reason, String detail) {}
