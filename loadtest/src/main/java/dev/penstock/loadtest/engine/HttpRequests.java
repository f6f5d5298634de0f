package dev.penstock.loadtest.engine;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The plan's payloads as HTTP/1.1 requests. Immutable, shared by all loops.
final class HttpRequests {
    private final byte[][] requests;

    HttpRequests(LoadPlan plan) {
        this.requests = new byte[plan.payloads().size()][];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = request(plan, plan.payloads().get(i));
        }
    }

    private static byte[] request(LoadPlan plan, Payload payload) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("host", H2Requests.authority(plan.target()));
        fields.put("user-agent", "penstock-loadtest");
        fields.put("content-length", Integer.toString(payload.bodyBytes()));
        fields.putAll(plan.headers());
        fields.putAll(payload.headers());
        StringBuilder head = new StringBuilder("POST " + payload.path() + " HTTP/1.1\r\n");
        fields.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] front = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[front.length + payload.bodyBytes()];
        System.arraycopy(front, 0, request, 0, front.length);
        System.arraycopy(payload.body(), 0, request, front.length, payload.bodyBytes());
        return request;
    }

    byte[] request(int payload) {
        return requests[payload];
    }

    int maxBytes() {
        int max = 0;
        for (byte[] request : requests) {
            max = Math.max(max, request.length);
        }
        return max;
    }
}
