data "aws_iam_policy_document" "orders" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.orders.arn]
    }
  }
}
resource "aws_kms_key" "orders" {
  policy = data.aws_iam_policy_document.orders.json
}

resource "aws_kms_key" "plain" {
  description = "the policy is below"
}

resource "aws_kms_key_policy" "plain" {
  key_id = aws_kms_key.plain.id
  policy = file("plain.json")
}

module "signing" {
  source   = "terraform-aws-modules/kms/aws"
  for_each = toset(["eu"])
}
