package net.mailagent.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON in and out; input bounded in depth and in the length of names and numbers. Any thread. */
final class Json {
  private static final ObjectMapper WRITER = new ObjectMapper();
  private static final int MAX_NAME = 1000;
  private static final int MAX_NUMBER = 100;
  private static final int MAX_MESSAGE = 200;

  private final ObjectMapper reader;

  /**
   * @param maxDepth how deep objects and arrays may nest
   * @param maxBody how long a string may be, in octets: no longer than a body
   */
  Json(int maxDepth, int maxBody) {
    StreamReadConstraints constraints =
        StreamReadConstraints.builder()
            .maxNestingDepth(maxDepth)
            .maxStringLength(maxBody)
            .maxNameLength(MAX_NAME)
            .maxNumberLength(MAX_NUMBER)
            .build();
    reader =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(constraints)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
  }

  /**
   * Reads a body.
   *
   * @throws ApiError InputValidationError when it is no JSON object
   */
  ObjectNode read(byte[] body) {
    JsonNode root;
    try {
      root = reader.readTree(body);
    } catch (JsonProcessingException e) {
      String problem = String.valueOf(e.getOriginalMessage());
      problem = problem.substring(0, Math.min(problem.length(), MAX_MESSAGE));
      throw ApiError.invalid("body", "is not JSON: " + problem);
    } catch (IOException e) {
      throw ApiError.invalid("body", "is not JSON");
    }
    if (!(root instanceof ObjectNode object)) {
      throw ApiError.invalid("body", "is not a JSON object");
    }
    return object;
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return WRITER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e); // a tree made here can always be written
    }
  }
}
