package dev.penstock.server;

/// Something that a check of a repository found out.
///
/// @param subject the model, or a version of it as `model/2`
/// @param message one sentence
record Finding(String subject, Severity severity, String message) {
    enum Severity {
        OK,
        WARNING,
        ERROR
    }
}
