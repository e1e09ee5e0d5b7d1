data "aws_iam_policy_document" "orders" {
  statement {
    sid       = "EnableIamPolicies"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }

  statement {
    sid       = "Partner"
    actions   = ["kms:Decrypt", "kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [var.partner]
    }
  }
}

variable "partner" {
  type = string
}

resource "aws_kms_key" "orders" {
  description = "orders"
  policy      = data.aws_iam_policy_document.orders.json
}

resource "aws_kms_key" "scratch" {
  description = "scratch, with the default policy"
}
