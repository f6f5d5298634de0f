package dev.penstock.server.monitoring;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/// Unpacks the pages of a file, up to a number of bytes of all together: each page says for itself how large it
/// will be, and room is made for that. For one thread, and one file.
final class BoundedCodecs implements CompressionCodecFactory {
    private final CompressionCodecFactory codecs;
    private final long mostBytes;
    private long bytes;

    BoundedCodecs(CompressionCodecFactory codecs, long mostBytes) {
        this.codecs = codecs;
        this.mostBytes = mostBytes;
    }

    /// @throws IllegalArgumentException if that is too much
    private void count(int unpackedBytes) {
        bytes += Math.max(0, unpackedBytes);
        if (bytes > mostBytes) {
            throw new IllegalArgumentException(
                    "pages of %d bytes and more, unpacked (expected: <= %d)".formatted(bytes, mostBytes));
        }
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
        return codecs.getCompressor(name);
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
        BytesInputDecompressor codec = codecs.getDecompressor(name);
        return new BytesInputDecompressor() {
            @Override
            public BytesInput decompress(BytesInput packed, int unpackedBytes) throws IOException {
                count(unpackedBytes);
                return codec.decompress(packed, unpackedBytes);
            }

            @Override
            public void decompress(ByteBuffer packed, int packedBytes, ByteBuffer unpacked, int unpackedBytes)
                    throws IOException {
                count(unpackedBytes);
                codec.decompress(packed, packedBytes, unpacked, unpackedBytes);
            }

            @Override
            public void release() {
                codec.release();
            }
        };
    }

    @Override
    public void release() {
        codecs.release();
    }
}
