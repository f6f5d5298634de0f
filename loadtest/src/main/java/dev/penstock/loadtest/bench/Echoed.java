package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.AnswerCheck;
import dev.penstock.loadtest.engine.Extent;
import dev.penstock.loadtest.engine.InferPayloads;
import dev.penstock.loadtest.engine.LoadPlan;
import dev.penstock.loadtest.engine.LoadResult;
import dev.penstock.loadtest.engine.LoadRun;
import dev.penstock.loadtest.engine.Protocol;
import dev.penstock.proto.inference.ModelInferRequest;
import java.time.Duration;
import java.util.List;

/// Our generator, asking an echo for a subject: what is measured is the generator.
final class Echoed implements Contestant {
    private final LoadRun generator;
    private final Server echo;
    private final Subject subject;
    private final Load load;
    private final LoadPlan plan;

    Echoed(LoadRun generator, Server echo, Subject subject, Load load) {
        this.generator = generator;
        this.echo = echo;
        this.subject = subject;
        this.load = load;
        ModelInferRequest request = Requests.message(subject, 0);
        this.plan = LoadPlan.to(
                        echo.address(Wire.GRPC),
                        Protocol.GRPC_UNARY,
                        List.of(InferPayloads.unary(request).expecting(AnswerCheck.exactly(request.toByteArray()))))
                .connections(load.connections())
                .streams(load.streams())
                .build();
    }

    @Override
    public Child process() {
        return echo.child();
    }

    @Override
    public Cell cell() {
        return Cell.begin(subject.name() + " " + subject.dims(), Wire.GRPC + " " + load, echo.name());
    }

    @Override
    public Sample measure(Duration begin, Duration measured) {
        CpuWindow window = new CpuWindow(echo.cpu());
        LoadResult result = generator.run(
                plan.but().extent(new Extent.During(begin, measured)).build(), window);
        if (result.succeeded() == 0) {
            throw new BenchException(echo.name() + " gives no right answer; errors " + result.errors());
        }
        return Sample.of(result, window.nanos());
    }

    @Override
    public void warmUp(Tempo tempo) {
        measure(Duration.ZERO, tempo.warmUp());
    }
}
