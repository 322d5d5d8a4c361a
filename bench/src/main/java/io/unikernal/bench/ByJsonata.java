package io.unikernal.bench;

import com.dashjoin.jsonata.Jsonata;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;

/** JSONata's Java port, on the maps that Jackson 2 reads, as its own documentation shows it. */
final class ByJsonata {
  private static final String MAPPING =
      """
      {'orderId': id, 'total': total, 'currency': $uppercase(currency), 'country': country,
       'date': $fromMillis($toMillis(created), '[D01].[M01].[Y0001]'), 'priority': priority,
       'paid': paid, 'customerId': customer.id, 'customerName': $uppercase(customer.name),
       'email': customer.email, 'phone': customer.phone, 'vip': customer.vip,
       'street': address.street, 'city': address.city, 'zip': address.zip,
       'shipTo': address.street & ', ' & address.zip & ' ' & address.city,
       'itemCount': $count(items[qty > 0]), 'amounts': [items[qty > 0].(price * qty)],
       'itemsTotal': $sum(items[qty > 0].(price * qty)), 'channel': $uppercase(channel)}
      """;

  private final ObjectMapper mapper = new ObjectMapper();
  private final Jsonata mapping = Jsonata.jsonata(MAPPING);

  byte[] run(byte[] body) throws IOException {
    return write(mapping.evaluate(mapper.readValue(body, Map.class)));
  }

  private byte[] write(Object mapped) throws JacksonException {
    return mapper.writeValueAsBytes(mapped);
  }
}
