{orderId: .id, total, currency: (.currency|ascii_upcase), country, date: (.created|fromdate|strftime("%d.%m.%Y")),
 priority, paid, customerId: .customer.id, customerName: (.customer.name|ascii_upcase), email: .customer.email,
 phone: .customer.phone, vip: .customer.vip, street: .address.street, city: .address.city, zip: .address.zip,
 shipTo: (.address.street + ", " + .address.zip + " " + .address.city),
 itemCount: ([.items[]|select(.qty>0)]|length), amounts: [.items[]|select(.qty>0)|.price*.qty],
 itemsTotal: ([.items[]|select(.qty>0)|.price*.qty]|add), channel: (.channel|ascii_upcase)}
