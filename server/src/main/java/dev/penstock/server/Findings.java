package dev.penstock.server;

import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.server.Finding.Severity;
import dev.penstock.server.registry.RepositoryCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Puts what a check of a repository found out into sentences.
final class Findings {
    private Findings() {}

    static List<Finding> of(RepositoryCheck.Report report) {
        List<Finding> findings = new ArrayList<>();
        report.warnings().forEach(text -> findings.add(new Finding("-", Severity.WARNING, text)));
        for (RepositoryCheck.ModelReport model : report.models()) {
            if (!model.problem().isEmpty()) {
                findings.add(new Finding(model.name(), Severity.ERROR, model.problem()));
            }
            model.warnings().forEach(text -> findings.add(new Finding(model.name(), Severity.WARNING, text)));
            model.versions().forEach(version -> findings.add(of(model.name(), version)));
        }
        return findings;
    }

    private static Finding of(String model, RepositoryCheck.VersionReport version) {
        String subject = model + "/" + version.version();
        Signature signature = version.signature();
        if (!version.problem().isEmpty() || signature == null) {
            return new Finding(subject, Severity.ERROR, version.problem());
        }
        String unwanted = version.wanted() ? "" : " (not served: its version policy leaves it out)";
        String text = "%s -> %s on %s%s"
                .formatted(describe(signature.inputs()), describe(signature.outputs()), version.device(), unwanted);
        return new Finding(subject, Severity.OK, text);
    }

    private static String describe(List<TensorSpec> specs) {
        return specs.stream()
                .map(spec -> spec.name() + " " + spec.type() + " " + spec.describeShape())
                .collect(Collectors.joining(", "));
    }
}
