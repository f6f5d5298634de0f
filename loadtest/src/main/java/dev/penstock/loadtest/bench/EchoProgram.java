package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.EchoServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// A process with an [EchoServer]: prints its port, and ends when its standard input does.
public final class EchoProgram {
    private EchoProgram() {}

    /// @throws IOException if it cannot listen
    public static void main(String[] args) throws IOException {
        try (EchoServer server = new EchoServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            Thread.ofPlatform().daemon().name("ends the echo").start(() -> endWithInput(server));
            System.out.println(server.port());
            server.run();
        }
    }

    private static void endWithInput(EchoServer server) {
        try (server) {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("echo: " + e.getMessage());
        }
    }
}
