package dev.penstock.direct;

import ai.onnxruntime.OrtException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Reads orders from standard input, one a line (see [Order#parse]), and answers each with a line
/// `RUNS WALL_NANOS CPU_NANOS ALLOCATED_BYTES MEDIAN_NANOS`; questions (see [Question#parse]) with what the
/// model says. Prints `ready` first; ends when the input does.
public final class DirectRuns {
    private DirectRuns() {}

    public static void main(String[] args) throws IOException, InterruptedException, OrtException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Map<Order, Loops> opened = new HashMap<>();
        Sessions sessions = new Sessions();
        Answerer answerer = new Answerer();
        System.out.println("ready");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (Question.isOne(line)) {
                System.out.println(answerer.answer(Question.parse(line)));
                continue;
            }
            Order order = Order.parse(line);
            Loops loops = opened.get(order.untimed());
            if (loops == null) {
                loops = Loops.open(order, sessions);
                opened.put(order.untimed(), loops);
            }
            Measurement took = Measurement.take(order, loops);
            System.out.println(took.runs() + " " + took.wallNanos() + " " + took.cpuNanos() + " "
                    + took.allocatedBytes() + " " + took.medianNanos());
        }
        System.exit(0);
    }
}
