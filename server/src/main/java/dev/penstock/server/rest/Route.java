package dev.penstock.server.rest;

/// What a path of the inference port addresses.
///
/// @param model the model's name, or ""
/// @param version the version as it was written, or ""
/// @param missing for [Kind#LATER], what is not there
record Route(Kind kind, String model, String version, String missing) {
    /// What is there, and which method it takes.
    enum Kind {
        ALIVE("GET, HEAD"),
        LIVE("GET, HEAD"),
        READY("GET, HEAD"),
        SERVER("GET, HEAD"),
        MODELS("GET, HEAD"),
        MODEL("GET, HEAD"),
        MODEL_READY("GET, HEAD"),
        MODEL_CONFIG("GET, HEAD"),
        INFER("POST"),
        /// Inference in the words of TensorFlow Serving and KServe's V1.
        PREDICT("POST"),
        /// Which versions of a model there are, in the same words.
        STATUS("GET, HEAD"),
        /// What a model takes and gives, in the same words.
        SIGNATURES("GET, HEAD"),
        /// What callers say of answers.
        FEEDBACK("POST"),
        INDEX("POST"),
        LOAD("POST"),
        UNLOAD("POST"),
        /// Part of the protocol, but not of this server.
        LATER("GET, HEAD, POST");

        private final String methods;

        Kind(String methods) {
            this.methods = methods;
        }

        /// As the `Allow` header lists them.
        String methods() {
            return methods;
        }

        boolean allows(String method) {
            return switch (method) {
                case "GET", "HEAD" -> methods.startsWith("GET");
                case "POST" -> methods.endsWith("POST");
                default -> false;
            };
        }
    }

    static Route of(Kind kind) {
        return new Route(kind, "", "", "");
    }

    static Route of(Kind kind, String model, String version) {
        return new Route(kind, model, version, "");
    }

    static Route later(String missing) {
        return new Route(Kind.LATER, "", "", missing);
    }
}
